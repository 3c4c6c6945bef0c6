from __future__ import annotations

import pytest


@pytest.fixture
def layer(make_hits):
    from scene_search.layers.hits_layer import build_hits_layer

    return build_hits_layer(make_hits(12), "“harbor with boats”")


def test_every_field_has_its_value(layer):
    features = sorted(layer.getFeatures(), key=lambda feature: feature["rank"])
    assert layer.name() == "“harbor with boats”"
    assert layer.crs().authid() == "EPSG:4326"
    assert [field.name() for field in layer.fields()] == [
        "rank",
        "score",
        "hamming",
        "match",
        "tile",
        "source",
        "acquired",
        "scale",
    ]
    first = features[0]
    assert first["rank"] == 1
    assert first["score"] == pytest.approx(0.9)
    assert not first["match"]  # it was not re-ranked
    assert first["tile"] == 100
    assert first["source"] == "/imagery/ä folder/scene 0.tif"
    assert first["acquired"].date().toString("yyyy-MM-dd") == "2024-05-06"
    assert not features[1]["acquired"]
    assert first.geometry().boundingBox().toString(3) == "10.000,50.000 : 10.010,50.010"


def test_each_score_has_a_class_and_better_is_brighter(layer):
    renderer = layer.renderer()
    assert renderer.type() == "graduatedSymbol"
    ranges = renderer.ranges()
    lines = [entry.symbol().symbolLayer(2).color() for entry in ranges]
    assert len(lines) == 5
    greens = [color.green() for color in lines]
    assert greens == sorted(greens, reverse=True)  # the legend begins with the best
    bounds = [entry.lowerValue() for entry in ranges]
    assert bounds == sorted(bounds, reverse=True)
    for feature in layer.getFeatures():
        assert renderer.rangeForValue(feature["score"]) is not None
    assert renderer.orderByEnabled()


def test_re_ranked_hits_are_coloured_by_rank_as_in_the_list(make_hits):
    """Their scores do not fall with the rank, and the best must not look the worst."""
    from dataclasses import replace

    from scene_search.gui.results.hits_model import COLOR_ROLE, HitsModel
    from scene_search.layers.hits_layer import build_hits_layer

    hits = make_hits(12)
    hits = [
        # one could not be read again and has no match
        replace(hit, score=0.5 + 0.01 * (hit.rank % 5), match=None if hit.rank == 4 else 0.5)
        for hit in hits
    ]
    layer, model = build_hits_layer(hits, "boats"), HitsModel()
    model.set_hits(hits)
    renderer = layer.renderer()
    assert renderer.classAttribute() == "rank"
    shown = {}
    for entry in renderer.ranges():
        for feature in layer.getFeatures():
            if entry.lowerValue() <= feature["rank"] <= entry.upperValue():
                assert feature["rank"] not in shown
                shown[feature["rank"]] = entry.symbol().symbolLayer(2).color()
    for row in range(12):
        assert shown[row + 1] == model.index(row).data(COLOR_ROLE)
    greens = [shown[rank].green() for rank in range(1, 13)]
    assert greens == sorted(greens, reverse=True)
    assert renderer.ranges()[0].label() == "Rank 1 – 3"
    clause = renderer.orderBy().list()[1]
    assert (clause.expression().expression(), clause.ascending()) == ("rank", False)


def test_there_is_no_column_of_nothing(make_hits):
    """Where nothing was re-ranked, no match is shown; the field stays, for exports."""
    from dataclasses import replace

    from scene_search.layers.hits_layer import build_hits_layer

    def shown(layer):
        columns = layer.attributeTableConfig().columns()
        hidden = {column.name for column in columns if column.hidden and column.name}
        forms = {
            field.name()
            for place, field in enumerate(layer.fields())
            if layer.editorWidgetSetup(place).type() == "Hidden"
        }
        assert hidden == forms
        return [field.name() for field in layer.fields() if field.name() not in hidden]

    plain = build_hits_layer(make_hits(3), "boats")
    assert "match" not in shown(plain)
    assert "match" in plain.fields().names()
    ranked = build_hits_layer([replace(hit, match=0.5) for hit in make_hits(3)], "boats")
    assert "match" in shown(ranked)


def test_the_inside_of_a_tile_stays_visible(layer):
    from qgis.core import QgsSimpleFillSymbolLayer

    for item in layer.renderer().ranges():
        for part in item.symbol().symbolLayers():
            if isinstance(part, QgsSimpleFillSymbolLayer):
                assert part.fillColor().alpha() == 0


def test_ranks_are_written_where_tiles_are_large_enough(layer):
    settings = layer.labeling().settings()
    assert layer.labelsEnabled()
    # 0.01° of longitude at 50° is 717 m; 9 mm of that is about 1:80,000.
    assert settings.minimumScale == pytest.approx(79_600, rel=0.02)


def test_one_hit_and_no_hit_are_styled_too(make_hits):
    from scene_search.layers.hits_layer import build_hits_layer

    single = build_hits_layer(make_hits(1), "one")
    assert len(single.renderer().ranges()) == 1
    assert build_hits_layer([], "none").featureCount() == 0


def test_a_hit_across_the_date_line_keeps_both_parts(qgis_app):
    from scene_search.layers.geojson_geometry import polygon_from_geojson

    east = [[[179.9, 0], [180, 0], [180, 0.1], [179.9, 0.1], [179.9, 0]]]
    west = [[[-180, 0], [-179.9, 0], [-179.9, 0.1], [-180, 0.1], [-180, 0]]]
    geometry = polygon_from_geojson({"type": "MultiPolygon", "coordinates": [east, west]})
    assert geometry.isMultipart()
    assert geometry.area() == pytest.approx(0.02)
    assert len(geometry.asMultiPolygon()) == 2


def test_a_hole_stays_a_hole(qgis_app):
    from scene_search.layers.geojson_geometry import polygon_from_geojson

    outer = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
    inner = [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]
    geometry = polygon_from_geojson({"type": "Polygon", "coordinates": [outer, inner]})
    assert geometry.area() == pytest.approx(15)
    with pytest.raises(ValueError, match="Point"):
        polygon_from_geojson({"type": "Point", "coordinates": [0, 0]})


def test_rendered_outlines_have_the_colours_of_their_scores(layer):
    """Draw the layer and look at the outlines of the first and the last hit."""
    from qgis.core import QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle
    from qgis.PyQt.QtCore import QSize
    from scene_search.layers.score_colors import SCORE_COLORS

    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(QgsRectangle(9.99, 49.98, 10.25, 50.03))
    settings.setOutputSize(QSize(1300, 250))
    settings.setOutputDpi(96)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    middle = 250 * (50.03 - 50.005) / 0.05
    colors = []
    for west in (10.0, 10.0 + 11 * 0.02):
        column = round((west - 9.99) / 0.26 * 1300)
        row = [image.pixelColor(column + step, round(middle)) for step in range(-3, 4)]
        colors.append(max(row, key=lambda color: color.saturation() * (color.value() > 120)).name())
    assert colors == [SCORE_COLORS[-1], SCORE_COLORS[0]]
