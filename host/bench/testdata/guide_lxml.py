"""Reads a guide with lxml as Python programs do: element by element, nothing kept."""

import sys
from dataclasses import dataclass

from lxml import etree


@dataclass(slots=True)
class Programme:
    start: str
    stop: str
    channel: str
    title: str
    sub_title: str
    desc: str
    category: list
    episode: str


count = 0
for _, element in etree.iterparse(sys.argv[1], events=("end",), tag="programme"):
    Programme(
        element.get("start"),
        element.get("stop"),
        element.get("channel"),
        element.findtext("title"),
        element.findtext("sub-title"),
        element.findtext("desc"),
        [c.text for c in element.findall("category")],
        element.findtext("episode-num"),
    )
    count += 1
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
print(count)
