"""What a plugin imports in vain."""

from __future__ import annotations

import pytest

from pluggarr import imports


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import json, os.path", []),
        ("import nosuchthing", [("nosuchthing", "not installed", False)]),
        ("import nosuchthing.one\nfrom nosuchthing.two import f", [("nosuchthing", "not installed", False)]),
        ("from .helper import f", []),
        ("from .gone import f", [(".gone", "not in the plugin", False)]),
        ("from . import helper", []),
        ("import helper", []),
        ("import it", []),
        (
            "try:\n    import nosuchthing\nexcept ImportError:\n    pass",
            [("nosuchthing", "not installed", True)],
        ),
        (
            "try:\n    import nosuchthing\nexcept ValueError:\n    pass",
            [("nosuchthing", "not installed", False)],
        ),
        (
            "try:\n    import json\nexcept (OSError, ImportError):\n    import gone",
            [("gone", "not installed", True)],
        ),
        ("def late():\n    import gone", [("gone", "not installed", False)]),
        ("try:\n    import gone\nexcept Exception: pass\nimport gone", [("gone", "not installed", False)]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import gone", []),
        ("import version", []),
        ("from version import __version__", []),
        ("from version import nothing", [("version.nothing", "not in this host", False)]),
        ("this is no Python", []),
    ],
)
def test_what_is_missing(write, source, expected):
    folder = write("it", {"plugin.py": source, "helper.py": "", "tests/test_it.py": "import pytest_only"})
    found = [(lost.name, lost.why, lost.guarded) for lost in imports.missing(str(folder))]
    assert found == expected


def test_what_this_host_has_not_is_told_with_its_reason(write, models):
    source = """
        from apps.channels.models import Channel, Nothing
        from apps.proxy.live_proxy.server import ProxyServer
        from apps.plugins.models import PluginSetting
    """
    folder = write("it", {"plugin.py": source})
    found = {lost.name: lost.why for lost in imports.missing(str(folder))}
    assert found == {
        "apps.channels.models.Nothing": "not in this host",
        "apps.plugins.models.PluginSetting": "not in this host",
        "apps.proxy.live_proxy.server.ProxyServer": "this host does not stream",
    }


def test_what_the_plugin_does_not_import_itself_is_told_apart(write):
    folder = write(
        "it",
        {
            "plugin.py": "from . import near\nfrom lib import deep\nplayer = 'program.py'",
            "near.py": "import gone, importlib\nimportlib.import_module('late.py')",
            "late.py": "import latest",
            "vendor/lib/__init__.py": "import lost",
            "vendor/lib/deep.py": "import lost_too",
            "program.py": "import gone, streamer",
            "tools/check.py": "try:\n    import checker\nexcept ImportError: pass",
        },
    )
    found = [(lost.name, lost.file, lost.apart) for lost in imports.missing(str(folder))]
    assert found == [
        ("gone", "near.py", False),
        ("latest", "late.py", False),
        ("lost", "vendor/lib/__init__.py", False),
        ("lost_too", "vendor/lib/deep.py", False),
        ("streamer", "program.py", True),
        ("checker", "tools/check.py", True),
    ]


@pytest.mark.parametrize(
    "call",
    [
        "import importlib\nimportlib.import_module('.late', __package__)",
        "from importlib import import_module\nimport_module('.late', __package__)",
        "from importlib import import_module as load\nload('.late', __package__)",
        "__import__('late')",
    ],
)
def test_what_is_imported_by_a_text_is_the_plugins(write, call):
    folder = write("it", {"plugin.py": call, "late.py": "import gone"})
    assert [lost.apart for lost in imports.missing(str(folder))] == [False]
