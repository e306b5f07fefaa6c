from __future__ import annotations

import pytest

from car_price_prediction.listings.encoding import byte_encoding, wide_encoding

TEXTS = {
    "cp1252": [
        "Coupé Citroën géré à Évry, prêt",
        "größer weiß Käfer Öl",
        "señor año camión",
        "ação não câmbio automóvel",
    ],
    "cp1250": ["żółty Łódź srebrny błękitny", "červená Plzeň stříbrná", "piros Győr gépjármű tűz"],
    "cp1251": ["чёрный Волга автомат", "Київ їздить синій", "СИНИЙ БЕЛЫЙ Москва"],
    "cp1254": ["gümüş Şahin açık mavi kırmızı", "İstanbul düz vites"],  # noqa: RUF001
    "cp1253": ["αυτοκίνητο κόκκινο Αθήνα βενζίνη"],
    "koi8-r": ["чёрный Волга автомат"],
    "cp866": ["черный Волга автомат красный"],
    "gb18030": ["大众帕萨特黑色自动挡北京"],
    "cp949": ["현대자동차 검정색 자동 서울 경유"],
    "big5": ["豐田 黑色 自排 汽油 台北市 原廠保養 一手車", "賓士 銀色 手自排 柴油 高雄市 無事故 認證車"],
    "euc_jp": ["トヨタのプリウスはきれいです", "日産 ブラック オートマ ガソリン"],
    "cp932": ["トヨタのプリウスはきれいです"],
    "utf-8": ["żółty", "大众帕萨特", "чёрный", "Coupé"],
}


@pytest.mark.parametrize(("codec", "text"), [(codec, text) for codec, texts in TEXTS.items() for text in texts])
def test_the_encoding_is_told_from_the_bytes(codec: str, text: str) -> None:
    data = f"make;model;text\nAudi;A4;{text}\n".encode(codec)
    assert data.decode(byte_encoding(data).codec).endswith(f"{text}\n")


def test_a_euro_sign_alone_is_no_letter() -> None:
    assert byte_encoding(("make;price\n" + "Audi;9.500,- €\n" * 50).encode("cp1252")).codec == "cp1252"


def test_one_endless_word_takes_no_time() -> None:
    assert byte_encoding(b"make;" + b"\xdf\xff" * 500_000).codec


def test_one_accent_in_a_long_file_is_read_as_latin_1() -> None:
    data = b"make,model\n" + b"Audi,A4\n" * 200_000 + "Citroën,C3\n".encode("latin-1")
    assert byte_encoding(data).name == "latin-1"


def test_a_few_foreign_names_do_not_outweigh_the_language() -> None:
    text = "Škoda żółta, Renault Mégane, BMW Coupé, srebrny, błękitny, ciężarówka"
    assert byte_encoding(text.replace("é", "e").encode("cp1250")).codec == "cp1250"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_known_by_its_zero_bytes(codec: str) -> None:
    found = wide_encoding("make,price\nŠkoda,12500\n".encode(codec))
    assert found is not None
    assert found.codec == codec


def test_plain_text_is_not_wide() -> None:
    assert wide_encoding(b"make,price\nAudi,1\n") is None
