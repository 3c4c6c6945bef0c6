"""What the dock says of a run: images left out, damaged ones, and remarks."""

from __future__ import annotations

import pytest

MESSAGE = {
    "tiles": 10,
    "skipped": [{"path": "/a/x.tif", "reason": "no CRS"}],
    "damaged": [{"path": "GTIFF_DIR:2:/a/y.tif", "reason": "1 of 64 tiles cannot be read"}],
    "notes": [{"path": "/a/z.SAFE", "reason": "8 bands are left out"}],
}


def problems(*keys):
    from scene_search.gui.index.report import IndexReport

    chosen = {key: MESSAGE[key] for key in ("tiles", *keys)}
    return list(IndexReport.from_message(chosen).problems)


def test_every_list_of_the_report_is_shown(qgis_app):
    from scene_search.gui.index.report_dialog import IndexReportDialog

    dialog = IndexReportDialog(problems("skipped", "damaged", "notes"))
    rows = [[dialog.table.item(row, column).text() for column in range(3)] for row in range(3)]
    assert rows == [
        ["x.tif", "skipped", "no CRS"],
        ["y.tif [2]", "damaged", "1 of 64 tiles cannot be read"],
        ["z.SAFE", "note", "8 bands are left out"],
    ]
    assert dialog._intro().startswith("1 image could not be indexed")


@pytest.mark.parametrize("key", ["damaged", "notes"])
def test_remarks_alone_leave_no_image_out(qgis_app, key):
    from scene_search.gui.index.report_dialog import IndexReportDialog
    from scene_search.gui.index.section import IndexSection

    dialog = IndexReportDialog(problems(key))
    assert "with these remarks" in dialog._intro()
    section = IndexSection(list)
    section.show_problems(0, 1)
    assert section.notice.text().startswith("⚠ Remarks on the imagery")
    assert section.notice.isVisibleTo(section)
    section.show_problems(0, 0)
    assert not section.notice.isVisibleTo(section)


def test_damage_of_an_opened_index_is_shown_too(qgis_app):
    from scene_search.gui.index.report import problems_of_sources

    found = problems_of_sources(
        {
            "sources": [
                {"path": "/a.tif", "state": "complete", "error": None, "damage": "3 of 64 tiles"},
                {"path": "/b.tif", "state": "complete", "error": None, "damage": None},
                {"path": "/c.tif", "state": "missing", "error": "not there", "damage": "1 of 9"},
            ]
        }
    )
    assert [(problem.path, problem.kind) for problem in found] == [
        ("/a.tif", "damaged"),
        ("/c.tif", "missing"),
    ]
