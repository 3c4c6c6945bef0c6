"""Regions drawn with real mouse events, in maps of several projections."""

from __future__ import annotations

import pytest

MAPS = [
    ("EPSG:3857", (1_000_000, 6_500_000, 1_004_000, 6_503_000)),
    ("EPSG:4326", (10.0, 50.0, 10.4, 50.3)),
    ("EPSG:2056", (2_600_000, 1_200_000, 2_604_000, 1_203_000)),
    ("EPSG:3031", (-20_000, 1_500_000, 20_000, 1_530_000)),
]


@pytest.fixture(params=MAPS, ids=[name for name, _ in MAPS])
def canvas(request, iface):
    from qgis.core import QgsCoordinateReferenceSystem, QgsRectangle

    name, extent = request.param
    iface.mainWindow().show()
    made = iface.mapCanvas()
    made.setDestinationCrs(QgsCoordinateReferenceSystem(name))
    made.setExtent(QgsRectangle(*extent))
    return made


@pytest.fixture
def tools(canvas):
    from scene_search.gui.map_tools.region_tools import RegionTools

    made = RegionTools(canvas)
    made.drawn = []
    made.refusals = []
    made.region_drawn.connect(lambda geometry, crs: made.drawn.append((geometry, crs)))
    made.refused.connect(made.refusals.append)
    yield made
    made.remove()


@pytest.fixture
def mouse(canvas):
    from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
    from qgis.PyQt.QtGui import QMouseEvent
    from qgis.PyQt.QtTest import QTest
    from qgis.PyQt.QtWidgets import QApplication

    class Mouse:
        def click(self, x, y, right=False):
            button = Qt.MouseButton.RightButton if right else Qt.MouseButton.LeftButton
            QTest.mouseClick(
                canvas.viewport(), button, Qt.KeyboardModifier.NoModifier, QPoint(x, y)
            )

        def move(self, x, y, button=None):
            place = QPointF(x, y)
            held = button or Qt.MouseButton.NoButton
            event = QMouseEvent(
                QEvent.Type.MouseMove,
                place,
                QPointF(canvas.viewport().mapToGlobal(QPoint(x, y))),
                Qt.MouseButton.NoButton,
                held,
                Qt.KeyboardModifier.NoModifier,
            )
            QApplication.sendEvent(canvas.viewport(), event)

        def drag(self, x, y, to_x, to_y):
            left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            QTest.mousePress(canvas.viewport(), left, plain, QPoint(x, y))
            self.move(to_x, to_y, left)
            QTest.mouseRelease(canvas.viewport(), left, plain, QPoint(to_x, to_y))

        def key(self, key):
            QTest.keyClick(canvas, key)

        def at(self, x, y):
            return canvas.getCoordinateTransform().toMapCoordinates(x, y)

    return Mouse()


def test_a_click_is_a_point_where_it_was_clicked(tools, mouse, canvas):
    tools.activate("click")
    mouse.click(120, 90)
    ((geometry, crs),) = tools.drawn
    assert geometry.asPoint().distance(mouse.at(120, 90)) < canvas.mapUnitsPerPixel() / 1000
    assert crs == canvas.mapSettings().destinationCrs()
    assert tools.active == "click"


def test_the_square_under_the_mouse_is_shown_and_goes(tools, mouse, canvas):
    from qgis.core import QgsGeometry, QgsRectangle

    asked = []

    def square(place):
        asked.append(place)
        box = QgsRectangle.fromCenterAndSize(place, 0.1, 0.1)
        return QgsGeometry.fromRect(box) if len(asked) == 1 else None

    tools.click.set_square(square)
    tools.activate("click")
    mouse.move(200, 150)
    assert asked[0].distance(mouse.at(200, 150)) < canvas.mapUnitsPerPixel() / 1000
    shown = tools.click.band._band.asGeometry().boundingBox()
    assert shown.center().distance(asked[0]) < canvas.mapUnitsPerPixel()
    mouse.move(210, 150)  # a place where nothing is compared
    assert tools.click.band._band.asGeometry().isEmpty()


@pytest.mark.parametrize("by_dragging", [True, False])
def test_a_rectangle_spans_its_corners(tools, mouse, canvas, by_dragging):
    tools.activate("rectangle")
    if by_dragging:
        mouse.drag(50, 60, 210, 160)
    else:
        mouse.click(50, 60)
        mouse.move(150, 100)
        mouse.click(210, 160)
    ((geometry, _),) = tools.drawn
    box, first, second = geometry.boundingBox(), mouse.at(50, 60), mouse.at(210, 160)
    pixel = canvas.mapUnitsPerPixel()
    assert box.xMinimum() == pytest.approx(min(first.x(), second.x()), abs=pixel)
    assert box.yMaximum() == pytest.approx(max(first.y(), second.y()), abs=pixel)
    assert geometry.area() == pytest.approx(160 * 100 * pixel**2, rel=0.02)


def test_a_flat_rectangle_is_refused(tools, mouse):
    tools.activate("rectangle")
    mouse.drag(50, 60, 250, 60)
    assert not tools.drawn
    assert len(tools.refusals) == 1


def test_right_click_closes_a_polygon(tools, mouse, canvas):
    tools.activate("polygon")
    corners = [(40, 40), (200, 60), (180, 190), (60, 150)]
    for corner in corners:
        mouse.click(*corner)
    mouse.click(300, 300, right=True)  # where it happens does not matter
    ((geometry, _),) = tools.drawn
    ring = geometry.asPolygon()[0]
    assert len(ring) == 5
    for place, corner in zip(ring, corners, strict=False):
        assert place.distance(mouse.at(*corner)) < canvas.mapUnitsPerPixel() / 1000


def test_backspace_takes_the_last_corner_back(tools, mouse):
    from qgis.PyQt.QtCore import Qt

    tools.activate("polygon")
    for corner in [(40, 40), (200, 60), (400, 10), (180, 190)]:
        mouse.click(*corner)
        if corner == (400, 10):
            mouse.key(Qt.Key.Key_Backspace)
    mouse.key(Qt.Key.Key_Return)
    ((geometry, _),) = tools.drawn
    assert len(geometry.asPolygon()[0]) == 4


def test_polygons_that_are_none_are_refused(tools, mouse):
    tools.activate("polygon")
    for corners in ([(40, 40), (200, 60)], [(40, 40), (200, 200), (40, 200), (200, 40)]):
        for corner in corners:
            mouse.click(*corner)
        mouse.click(0, 0, right=True)
    assert not tools.drawn
    assert len(tools.refusals) == 2


def test_esc_drops_the_drawing_and_then_leaves_the_tool(tools, mouse, canvas):
    from qgis.gui import QgsMapToolPan
    from qgis.PyQt.QtCore import Qt

    pan = QgsMapToolPan(canvas)
    canvas.setMapTool(pan)
    tools.activate("polygon")
    mouse.click(40, 40)
    mouse.click(90, 40)
    mouse.key(Qt.Key.Key_Escape)
    assert tools.active == "polygon"
    assert not tools.tool("polygon").is_drawing()
    mouse.key(Qt.Key.Key_Escape)
    assert canvas.mapTool() is pan
    assert not tools.drawn


def test_another_tool_leaves_nothing_behind(tools, mouse, canvas):
    from qgis.gui import QgsMapToolPan

    names = []
    tools.active_changed.connect(names.append)
    tools.activate("polygon")
    mouse.click(40, 40)
    pan = QgsMapToolPan(canvas)
    canvas.setMapTool(pan)
    assert names == ["polygon", ""]
    assert not tools.tool("polygon").is_drawing()


def test_removal_takes_every_item_off_the_canvas(canvas):
    from scene_search.gui.map_tools.region_tools import RegionTools

    before = len(canvas.scene().items())
    made = RegionTools(canvas)
    made.activate("rectangle")
    assert len(canvas.scene().items()) > before
    made.remove()
    assert len(canvas.scene().items()) == before
    assert canvas.mapTool() is None or not made.active
