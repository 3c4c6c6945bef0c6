"""Results that a killed QGIS had not saved are brought back; those of a running one are not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def recovery(desk):
    from scene_search.layers.results.recovery import Recovery

    return Recovery(desk.keeper, desk.project)


@pytest.fixture
def killed(tmp_path, folder):
    """A QGIS that searched, was never asked to save, and was killed."""
    script = Path(__file__).with_name("save_and_die.py")
    subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(folder), "unsaved"],
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_results_of_a_killed_qgis_come_back(killed, recovery, desk, tmp_path):
    assert recovery.count() == 3
    assert recovery.bring_back() == 3
    names = [layer.name() for layer in desk.group.layers()]
    assert names == ["“two”", "“one”", "region"]
    layer = desk.layer("“one”")
    assert sorted(feature["tile"] for feature in layer.getFeatures()) == [101, 102, 103, 104]
    assert layer.renderer().type() == "graduatedSymbol"
    assert layer.attributeDisplayName(layer.fields().indexOf("hamming")) == "Bits that differ"
    assert desk.layer("region").renderer().type() == "singleSymbol"
    assert recovery.count() == 0  # once
    desk.save(tmp_path / "b.qgz")
    desk.open(tmp_path / "b.qgz")
    assert desk.layer("“one”").featureCount() == 4


def test_discarded_ones_do_not_come_back(killed, recovery, folder):
    recovery.discard()
    assert recovery.count() == 0
    assert not list((folder / "unsaved").glob("*.gpkg*"))


def test_a_running_qgis_keeps_its_results(make_desk, recovery):
    other = make_desk()
    other.search("“one”")
    assert recovery.count() == 0


def test_a_project_closed_without_saving_leaves_nothing(make_desk, recovery, folder):
    other = make_desk()
    other.search("“one”")
    other.project.clear()  # what QGIS does once "Discard" was pressed
    assert recovery.count() == 0
    assert not list((folder / "unsaved").glob("*.gpkg"))


def test_a_plugin_loaded_anew_goes_on_with_its_layers(make_desk, recovery, folder, qgis_app):
    from scene_search.layers.results.keeper import ResultsKeeper
    from scene_search.layers.results.recovery import Recovery

    other = make_desk()
    layer = other.search("“one”")
    other.keeper.shutdown()
    other.keeper = ResultsKeeper(other.project, folder)
    assert Recovery(other.keeper, other.project).count() == 0
    assert recovery.count() == 0
    assert layer.featureCount() == 4
    second = other.search("“two”")
    assert second.source().split("|")[0] == layer.source().split("|")[0]


def test_old_ones_are_removed(killed, recovery, folder):
    import os
    import time

    for path in (folder / "unsaved").glob("*.gpkg"):
        old = time.time() - 15 * 86_400
        os.utime(path, (old, old))
    assert recovery.count() == 0
    assert not list((folder / "unsaved").glob("*.gpkg"))


def test_the_offer_in_the_message_bar(killed, desk, iface, qgis_app):
    from qgis.PyQt.QtWidgets import QPushButton
    from scene_search.gui.results.recovery_offer import RecoveryOffer

    offer = RecoveryOffer(desk.keeper, desk.project, iface.messageBar())
    (item,) = iface.messageBar().items()
    assert "3 layers of results" in item.text()
    buttons = {button.text(): button for button in item.findChildren(QPushButton)}
    buttons["Bring back"].click()
    assert len(desk.group.layers()) == 3
    qgis_app.processEvents()
    assert RecoveryOffer(desk.keeper, desk.project, iface.messageBar())._item is None
    offer.remove()
