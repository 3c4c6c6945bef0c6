import pytest
from scene_search.engine.imagery.acquisition.product_metadata import product_properties

MTL = """GROUP = LANDSAT_METADATA_FILE
  GROUP = PRODUCT_CONTENTS
    PROCESSING_LEVEL = "L2SP"
  END_GROUP = PRODUCT_CONTENTS
  GROUP = IMAGE_ATTRIBUTES
    SPACECRAFT_ID = "LANDSAT_8"
    SENSOR_ID = "OLI_TIRS"
    DATE_ACQUIRED = 2021-09-09
    SCENE_CENTER_TIME = "10:02:43.1234567Z"
    CLOUD_COVER = 3.05
  END_GROUP = IMAGE_ATTRIBUTES
END_GROUP = LANDSAT_METADATA_FILE
END
"""
MTD = """<?xml version="1.0" encoding="UTF-8"?>
<n1:Level-2A_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product.xsd">
  <n1:General_Info><Product_Info>
    <PRODUCT_START_TIME>2023-07-14T10:10:31.024Z</PRODUCT_START_TIME>
    <PROCESSING_LEVEL>Level-2A</PROCESSING_LEVEL>
    <Datatake datatakeIdentifier="GS2A"><SPACECRAFT_NAME>Sentinel-2A</SPACECRAFT_NAME></Datatake>
  </Product_Info></n1:General_Info>
  <n1:Quality_Indicators_Info>
    <Cloud_Coverage_Assessment>12.5</Cloud_Coverage_Assessment>
  </n1:Quality_Indicators_Info>
</n1:Level-2A_User_Product>
"""
LANDSAT = "LC08_L2SP_193026_20210909_20210916_02_T1"


def test_landsat(tmp_path):
    (tmp_path / f"{LANDSAT}_MTL.txt").write_text(MTL)
    expected = {
        "datetime": "2021-09-09T10:02:43.1234567Z",
        "platform": "landsat-8",
        "instruments": ["oli", "tirs"],
        "eo:cloud_cover": "3.05",
        "processing:level": "L2SP",
    }
    for name in (f"{LANDSAT}_SR_B4.TIF", f"{LANDSAT}_B4.TIF", f"{LANDSAT}.tif"):
        assert product_properties(tmp_path / name) == expected
    other = LANDSAT.replace("193026", "193027")
    assert product_properties(tmp_path / f"{other}_SR_B4.TIF") == {}
    assert product_properties(tmp_path / "stack.tif") == {}


def test_landsat_of_collection_1(tmp_path):
    text = MTL.replace('PROCESSING_LEVEL = "L2SP"', 'DATA_TYPE = "L1TP"')
    (tmp_path / f"{LANDSAT}_MTL.txt").write_text(text)
    assert product_properties(tmp_path / f"{LANDSAT}_B4.TIF")["processing:level"] == "L1TP"


def test_sentinel2(tmp_path):
    safe = tmp_path / "S2A_MSIL2A_20230714T101031_N0509_R022_T33UUP_20230714T170000.SAFE"
    bands = safe / "GRANULE" / "L2A_T33UUP_A042089" / "IMG_DATA" / "R10m"
    bands.mkdir(parents=True)
    (safe / "MTD_MSIL2A.xml").write_text(MTD)
    assert product_properties(bands / "T33UUP_20230714T101031_TCI_10m.jp2") == {
        "datetime": "2023-07-14T10:10:31.024Z",
        "platform": "sentinel-2a",
        "constellation": "sentinel-2",
        "instruments": ["msi"],
        "eo:cloud_cover": "12.5",
        "processing:level": "L2A",
    }


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"DATE_ACQUIRED =", b"= = =\n" * 9])
def test_odd_files_say_nothing(tmp_path, content):
    (tmp_path / f"{LANDSAT}_MTL.txt").write_bytes(content)
    assert product_properties(tmp_path / f"{LANDSAT}_B4.TIF") == {}
    safe = tmp_path / "X.SAFE"
    safe.mkdir()
    (safe / "MTD_MSIL1C.xml").write_bytes(content)
    assert product_properties(safe / "x.jp2") == {}
