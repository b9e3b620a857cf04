"""Pictures of reports: right sizes, attributes alone, nothing that a name could break."""

from xml.etree import ElementTree

import pytest

from campaign.web.report_bars import Bar, draw_bars, draw_heat, heat_of
from campaign.web.report_charts import NARROW, SHEETS, WIDE, nice_top
from campaign.web.report_columns import Column, draw_columns, draw_lines

SVG = "{http://www.w3.org/2000/svg}"


def rects(drawn: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(drawn).findall(f"{SVG}rect")  # noqa: S314 - drawn by ourselves a moment ago


def words(drawn: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(drawn).iter(f"{SVG}text")]  # noqa: S314


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sheet", SHEETS.values())
def test_nothing_and_a_hostile_name_are_drawn(scheme, sheet):
    name = '<script>"&\x0b' + "Ж" * 500
    for drawn in (
        draw_columns([], sheet=sheet, scheme=scheme, legend=[], words=str),
        draw_columns([Column("<", (0,))], sheet=sheet, scheme=scheme, legend=[(0, "<b>")], words=str),
        draw_lines([], [], sheet=sheet, scheme=scheme, words=str),
        draw_lines([("&", [])], [], sheet=sheet, scheme=scheme, words=str),
        draw_bars([], sheet=sheet, scheme=scheme, legend=[]),
        draw_bars([Bar(name.replace("\x0b", ""), (0,), "0", 0)], sheet=sheet, scheme=scheme, legend=[]),
        draw_heat([], sheet=sheet, scheme=scheme, heads=[], axis="", words=str),
        draw_heat([("<", "0", [(0, 0), None])], sheet=sheet, scheme=scheme, heads=["0", "1"], axis="&", words=str),
    ):
        assert "<script" not in drawn
        assert "style=" not in drawn
        assert ElementTree.fromstring(drawn).tag == f"{SVG}svg"  # noqa: S314


def test_columns_stand_on_each_other_to_one_measure():
    drawn = draw_columns(
        [Column("a", (5, 5), 2), Column("b", (10, 0))], sheet=WIDE, scheme="light",
        legend=[(0, "x"), (1, "y"), (3, "z")], words=str,
    )  # fmt: skip
    heights = [float(each.get("height", 0)) for each in rects(drawn)][3:]
    assert heights == [110.0, 109.2, 44.0, 220.0]
    assert {"0", "5", "10", "x", "y", "z", "a", "b"} <= set(words(drawn))


def test_a_month_that_runs_is_outlined():
    drawn = draw_columns([Column("a", (3,), is_open=True)], sheet=WIDE, scheme="light", legend=[], words=str)
    assert "stroke-dasharray" in drawn


def test_bars_are_as_long_as_their_sum_and_hatched_where_they_should_be():
    drawn = draw_bars([Bar("a", (5, 0, 5), "ten"), Bar("b", (5,), "five")], sheet=NARROW, scheme="dark", legend=[])
    first, hatched, other = [float(each.get("width", 0)) for each in rects(drawn)]
    assert abs(first - hatched) < 1.1
    assert abs(other - hatched) < 0.2
    assert "url(#p2)" in drawn
    assert '<pattern id="p2"' in drawn


def test_heat_says_the_share_as_a_number():
    drawn = draw_heat(
        [("Q1", "41", [(41, 41), (18, 41), (0, 41), None])], sheet=WIDE, scheme="light", heads=["0", "1", "2", "3"],
        axis="months", words=str,
    )  # fmt: skip
    assert words(drawn) == ["months", "0", "1", "2", "3", "Q1", "41", "100", "44", "0"]
    assert len(rects(drawn)) == 3
    assert [heat_of(share) for share in (0, 1, 20, 21, 40, 60, 80, 81, 100)] == [0, 1, 1, 2, 2, 3, 4, 5, 5]


def test_the_top_of_a_measure_is_a_round_number_whose_half_is_whole():
    assert [nice_top(each) for each in (0, 1, 3, 9, 10, 11, 95, 101, 2_399)] == [2, 2, 4, 10, 10, 12, 100, 120, 3_000]
    assert all(nice_top(each) % 2 == 0 and nice_top(each) >= each for each in range(1, 5_000))
