"""The faces: where they come from, what they hold, how they are read back."""

import pytest
from click.testing import CliRunner
from fontTools.ttLib import TTFont

from registry.cli.fonts import MARKER, command, source, up_to_date
from registry.rendering import fonts


def test_missing_faces_say_which_command_makes_them(monkeypatch, tmp_path):
    monkeypatch.setenv("REGISTRY_FONTS", str(tmp_path))
    with pytest.raises(fonts.FontsMissing) as refusal:
        fonts.register()
    path = str(tmp_path / "Regular.ttf")
    assert refusal.value.key == "fonts_missing"
    assert refusal.value.values == {"path": path, "command": "registry fonts"}
    assert str(refusal.value) == (
        f"{path} is missing: `registry fonts` makes it, or REGISTRY_FONTS names another folder"
    )


def test_the_cuts_are_static_and_of_their_weights():
    for name, weight in ((fonts.REGULAR, 400), (fonts.BOLD, 700)):
        with TTFont(fonts.made_folder() / fonts.FILES[name], lazy=True) as face:
            assert "fvar" not in face
            assert face["OS/2"].usWeightClass == weight


def test_the_faces_hold_all_of_gbk_and_rare_names():
    # GBK/3 and GBK/4 are the lead bytes 0x81-0xA0 and 0xAA-0xFE; GB 2312's rows of characters are 0xB0-0xF7.
    trails = [*range(0x40, 0x7F), *range(0x80, 0xFF)]
    encoded = [bytes([lead, trail]) for lead in (*range(0x81, 0xA1), *range(0xB0, 0xF8)) for trail in trails]
    characters = "".join(code.decode("gbk", "ignore") for code in encoded)
    assert fonts.missing_glyphs({"gbk": characters, "names": "䶮㙍𬭬𫖯𬀩㛃镕喆龘"}) == {}


def test_the_faces_hold_rare_characters_of_their_sisters_and_small_digits():
    # The face for the mainland has none of these; those for Taiwan and Japan have the characters, no one the digits.
    assert fonts.missing_glyphs({"names": "𠮷𠀋", "units": "CO₂ N₂O 10⁸ m³·d⁻¹"}) == {}
    for face in fonts.register():
        small, large = (face.face.charWidths[ord(sign)] for sign in "₂2")
        assert 0.5 < small / large < 0.7


def test_controls_and_invisible_marks_are_not_printable():
    assert fonts.missing_glyphs({"a": "一\n\t二", "b": "三\u200b", "c": "四 五\u3000六"}) == {
        "a": ("\n", "\t"),
        "b": ("\u200b",),
    }


def test_a_character_is_named_with_its_code_point():
    assert [fonts.named(character) for character in "한𬭬\u200b"] == ["한 (U+D55C)", "𬭬 (U+2CB6C)", "U+200B"]


def test_the_map_back_to_text_writes_utf_16_in_blocks_of_100():
    # U+2CB6C is the pair D872 DF6C: 0x2CB6C - 0x10000 = 0x1CB6C, its upper ten bits 0x72, its lower 0x36C.
    written = fonts.to_unicode_map("Face", [0x4E00, 0x2CB6C, *range(0x5000, 0x5000 + 148)]).splitlines()
    assert [line for line in written if line.endswith("beginbfchar")] == ["100 beginbfchar", "50 beginbfchar"]
    start = written.index("100 beginbfchar")
    assert written[start + 1 : start + 3] == ["<00> <4E00>", "<01> <D872DF6C>"]


def test_cuts_that_are_there_are_not_made_again():
    folder = fonts.made_folder()
    result = CliRunner().invoke(command)
    assert (result.exit_code, result.output) == (0, f"{folder}: present ({source()})\n")


def test_cuts_of_another_version_are_out_of_date(tmp_path):
    for file in fonts.FILES.values():
        (tmp_path / file).touch()
    assert not up_to_date(tmp_path)
    (tmp_path / MARKER).write_text("justmytype-intl-cjk 0.0.1\n")
    assert not up_to_date(tmp_path)
    (tmp_path / MARKER).write_text(f"{source()}\n")
    assert up_to_date(tmp_path)
    (tmp_path / "Bold.ttf").unlink()
    assert not up_to_date(tmp_path)
