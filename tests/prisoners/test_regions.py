"""The register of regions that forms, filters and the map draw on."""

from campaign.prisoners.regions import region_name, region_options, regions


def test_every_subject_that_iso_lists_has_a_place_of_its_own():
    every = regions().values()
    assert sum(each.code.startswith("RU-") for each in every) == 83
    assert len({(each.row, each.column) for each in every}) == len(every)
    assert max(each.row for each in every) < 12
    assert max(each.column for each in every) < 20


def test_occupied_regions_stand_under_ukraine():
    assert {each.code for each in regions().values() if each.is_occupied} == {
        "UA-43", "UA-40", "UA-14", "UA-09", "UA-23", "UA-65",
    }  # fmt: skip


def test_names_speak_three_languages():
    assert region_name("RU-KIR", "ru") == "Кировская область"
    assert region_name("RU-KIR", "de") == "Oblast Kirow"
    assert (region_name("XX-1", "en"), region_name(None, "en")) == ("XX-1", "")
    assert len(region_options("de")) == 89
