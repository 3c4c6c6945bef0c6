import pytest


@pytest.fixture
def read(qgis_app):
    """Read regions from parameters, as the algorithm does."""
    from qgis.core import QgsProcessingContext, QgsProject
    from scene_search.processing.regions import read_regions
    from scene_search.processing.search_by_region import SearchByRegionAlgorithm

    algorithm = SearchByRegionAlgorithm().create()
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())

    def reader(**parameters):
        return [region.message() for region in read_regions(algorithm, parameters, context)]

    return reader


def layer_of(kind, *wkts, crs="EPSG:32633"):
    from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer

    layer = QgsVectorLayer(f"{kind}?crs={crs}", "regions", "memory")
    for wkt in wkts:
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        layer.dataProvider().addFeatures([feature])
    return layer


def test_each_feature_of_a_layer_is_an_example(read):
    layer = layer_of("Polygon", "Polygon((0 0,1 0,1 1,0 0))", "Polygon((5 5,6 5,6 6,5 5))")
    regions = read(REGIONS=layer)
    assert [region["crs"] for region in regions] == ["EPSG:32633"] * 2
    assert regions[0]["wkt"].upper().startswith("POLYGON")


def test_points_of_a_multipoint_are_examples_of_their_own(read):
    from qgis.core import QgsGeometry

    regions = read(REGIONS=layer_of("MultiPoint", "MultiPoint((1 2),(3 4),(5 6))"))
    points = [QgsGeometry.fromWkt(region["wkt"]).asPoint() for region in regions]
    assert [(point.x(), point.y()) for point in points] == [(1, 2), (3, 4), (5, 6)]


def test_parts_of_an_area_stay_together(read):
    wkt = "MultiPolygon(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))"
    assert len(read(REGIONS=layer_of("MultiPolygon", wkt))) == 1


def test_empty_features_are_no_examples(read):
    assert read(REGIONS=layer_of("Polygon", "Polygon EMPTY")) == []


def test_heights_and_curves_become_plain_polygons(read):
    from qgis.core import QgsGeometry

    layer = layer_of(
        "CurvePolygonZ", "CurvePolygonZ(CircularStringZ(0 0 9,2 2 9,4 0 9,2 -2 9,0 0 9))"
    )
    region = QgsGeometry.fromWkt(read(REGIONS=layer)[0]["wkt"])
    assert region.wkbType().name == "Polygon"
    assert region.area() == pytest.approx(12.566, rel=1e-3)


def test_an_extent_keeps_its_crs(read):
    (region,) = read(AREA="10,20,30,40 [EPSG:3857]")
    assert region["crs"] == "EPSG:3857"
    assert "10 30" in region["wkt"]


def test_a_point_keeps_its_crs(read):
    (region,) = read(POINT="12.5,45.5 [EPSG:4326]")
    assert region == {"wkt": "Point (12.5 45.5)", "crs": "EPSG:4326"}


def test_wkt_with_and_without_a_crs(read):
    (region,) = read(GEOMETRY="CRS=EPSG:32633;Point(300000 5000000)")
    assert region["crs"] == "EPSG:32633"
    (region,) = read(GEOMETRY="Point(12 45)")
    assert region == {"wkt": "Point (12 45)", "crs": "EPSG:4326"}


def test_regions_of_all_kinds_add_up(read):
    layer = layer_of("Point", "Point(1 2)")
    assert len(read(REGIONS=layer, POINT="1,2 [EPSG:4326]", AREA="0,1,0,1 [EPSG:4326]")) == 3


def test_a_layer_of_thousands_is_refused_with_advice(read):
    from qgis.core import QgsProcessingException

    layer = layer_of("MultiPoint", f"MultiPoint({','.join(f'({n} 0)' for n in range(300))})")
    with pytest.raises(QgsProcessingException, match="Select the features"):
        read(REGIONS=layer)
