"""Files of somebody else in the output folder are never lost."""

import pytest

from octavo.errors import EnvironmentFault


def test_foreign_file_is_known_with_the_cache(site):
    site.pages(a="# A").build()
    site.write("_site/mine.txt", "precious")

    with pytest.raises(EnvironmentFault, match=r"`_site/mine.txt` in the output folder came from elsewhere"):
        site.pages(a="# A\n\nMore.").build()


def test_foreign_file_is_known_without_the_cache(site):
    site.pages(a="# A").build()
    site.write("_site/mine.txt", "precious").forget()

    with pytest.raises(EnvironmentFault, match=r"mine\.txt"):
        site.build()

    assert (site.out / "mine.txt").read_text(encoding="utf-8") == "precious"


def test_page_that_went_together_with_the_cache_is_pruned(site):
    site.pages(a="# A", b="# B").build()

    site.remove("b.md").forget().build().clean()

    assert not (site.out / "b").exists()


def test_list_of_outputs_names_every_file_but_itself_and_the_mark(site):
    site.pages(a="# A").build()

    listed = (site.out / ".octavo-outputs").read_text(encoding="utf-8").splitlines()

    assert sorted(site.tree()) == listed
