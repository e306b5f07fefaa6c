"""What MkDocs asks while it builds: the decisions for the navigation, and the screenshots where there are any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
SCREENSHOTS = ROOT / "build" / "screenshots"
"""Where the browser tests leave pictures of the page."""
SHOWN_ON = "index.md"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List every decision in the navigation, in order."""
    docs = Path(config.docs_dir)
    pages = sorted((docs / "decisions").glob("0*.md"))
    for entry in _entries(config.nav or []):
        if "Decisions" in entry:
            entry["Decisions"] = ["decisions/README.md", *(page.relative_to(docs).as_posix() for page in pages)]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the screenshots, if the browser tests made any."""
    for picture in _pictures():
        files.append(File.generated(config, f"screenshots/{picture.name}", abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Show them below the overview."""
    pictures = _pictures() if page.file.src_uri == SHOWN_ON else []
    if not pictures:
        return markdown
    shown = [f"![{_title(picture)}](screenshots/{picture.name})\n*{_title(picture)}*" for picture in pictures]
    return "\n\n".join([markdown, "## What the page looks like", *shown])


def _pictures() -> list[Path]:
    return sorted(SCREENSHOTS.glob("*.png"))


def _title(picture: Path) -> str:
    return picture.stem.replace("-", " ").replace("_", " ").capitalize()


def _entries(nav: list[Any]) -> list[dict[str, Any]]:
    """Return every named entry of the navigation, the nested ones too."""
    named = [entry for entry in nav if isinstance(entry, dict)]
    return named + [inner for entry in named for value in entry.values() if isinstance(value, list)
                    for inner in _entries(value)]  # fmt: skip
