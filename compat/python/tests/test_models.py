"""The models over the host's real tables: what plugins ask them, and what follows from writing."""

import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pluggarr.unsupported import NotSupported

pytestmark = pytest.mark.usefixtures("asked")


def test_fresh_host():
    from apps.m3u.models import M3UAccount
    from core.models import CoreSettings, StreamProfile

    custom = M3UAccount.get_custom_account()
    assert (custom.pk, custom.profiles.get().name) == (1, "custom Default")
    assert CoreSettings.get_m3u_hash_key() == "url"
    assert CoreSettings.get_system_time_zone() == "UTC"
    assert CoreSettings.get_default_user_agent().startswith("TiviMate")
    assert StreamProfile.default().name == "ffmpeg"
    assert StreamProfile.objects.get(name="Proxy").build_command("http://x", "ua") == []


def test_streams_of_nobody():
    from apps.channels.models import Stream
    from apps.m3u.models import M3UAccount

    stream = Stream.objects.create(name="mine", url="http://a/1")
    assert stream.is_custom
    assert stream.m3u_account.name == "custom"
    assert (
        Stream.objects.get().stream_hash == hashlib.sha256(f"custom_stream_{stream.pk}".encode()).hexdigest()
    )
    with pytest.raises(NotSupported, match="does not stream"):
        stream.get_stream()
    M3UAccount.objects.all().delete()
    with pytest.raises(ValueError, match="custom"):
        Stream.objects.create(name="nobody's")


def test_hash_of_a_stream():
    from apps.channels.models import Stream

    plain = hashlib.sha256(b'{"url": "http://a/1"}').hexdigest()
    assert Stream.generate_hash_key("n", "http://a/1", "t") == plain
    two = hashlib.sha256(b'{"group": "g", "name": "n"}').hexdigest()
    assert Stream.generate_hash_key("n", "http://a/1", "t", keys=["name", "group"], group="g") == two
    xtream = hashlib.sha256(b'{"m3u_id": 2, "url": 7}').hexdigest()
    assert Stream.generate_hash_key("n", "u", "t", m3u_id=2, account_type="XC", stream_id=7) == xtream


def test_profiles_show_every_channel():
    from apps.channels.models import Channel, ChannelProfile, ChannelProfileMembership

    Channel.objects.bulk_create(Channel(name=str(n), channel_number=n) for n in (1, 2, 4))
    profile = ChannelProfile.objects.create(name="all")
    assert ChannelProfileMembership.objects.filter(channel_profile=profile, enabled=True).count() == 3
    Channel.objects.create(name="later", channel_number=9)
    assert ChannelProfileMembership.objects.count() == 3
    assert Channel.get_next_available_channel_number() == 3
    assert Channel.get_next_available_channel_number(9) == 10


def test_streams_of_a_channel():
    from apps.channels.models import Channel, ChannelStream, Stream

    first = Stream.objects.create(name="a", url="http://a/1", tvg_id="a.tv", is_catchup=True, catchup_days=3)
    second = Stream.objects.create(name="b", url="http://a/2", tvg_id="b.tv")
    channel = Channel.objects.create(name="c")
    channel.streams.add(first)
    channel.refresh_from_db()
    assert channel.tvg_id == "a.tv"
    link = ChannelStream.objects.create(channel=channel, stream=second, order=1)
    channel.refresh_from_db()
    assert (channel.is_catchup, channel.catchup_days) == (True, 3)
    assert list(channel.streams.order_by("channelstream__order")) == [first, second]
    assert list(Channel.objects.filter(streams__custom_properties__owner="x")) == []
    second.delete()
    assert not ChannelStream.objects.filter(pk=link.pk).exists()


def test_overrides():
    from apps.channels.models import Channel, ChannelOverride

    channel = Channel.objects.create(name="own", channel_number=1, tvg_id="t")
    ChannelOverride.objects.create(channel=channel, name="by hand")
    found = Channel.objects.with_effective_values(select_related_fks=True).get()
    assert (found.effective_name, found.effective_channel_number) == ("by hand", 1.0)


def test_accounts(asked):
    from django_celery_beat.models import PeriodicTask

    from apps.m3u.models import M3UAccount

    account = M3UAccount.objects.create(
        name="A", server_url="http://a/l.m3u", max_streams=2, refresh_interval=6
    )
    assert account.profiles.get().name == "A Default"
    assert [params["task"] for _, params in asked.calls] == ["apps.m3u.tasks.refresh_m3u_groups"]
    task = PeriodicTask.objects.get(name=f"m3u_account-refresh-{account.pk}")
    assert (task.enabled, task.interval.every, task.kwargs) == (True, 6, f'{{"account_id": {account.pk}}}')
    account.is_active, account.max_streams = False, 5
    account.save()
    assert M3UAccount.objects.get(pk=account.pk).status == "disabled"
    assert account.profiles.get().max_streams == 5
    account.delete()
    assert not PeriodicTask.objects.filter(pk=task.pk).exists()


def test_guides(asked):
    from apps.channels.models import Channel
    from apps.epg.models import EPGData, EPGSource

    dummy = EPGSource.objects.create(name="My Own Guide", source_type="dummy")
    assert dummy.epgs.get().tvg_id == "dummy_my_own_guide"
    source = EPGSource.objects.create(name="X", source_type="xmltv", url="http://a/x.xml")
    guide = EPGData.objects.create(tvg_id="a", name="A", epg_source=source)
    Channel.objects.create(name="a", epg_data=guide)
    Channel.objects.create(name="b", epg_data=dummy.epgs.get())
    wanted = [(params["task"].rpartition(".")[2], params["args"]) for _, params in asked.calls]
    assert wanted == [("refresh_epg_data", [source.pk]), ("parse_programs_for_tvg_id", [guide.pk])]


def test_locked_profile():
    from django.core.exceptions import ValidationError

    from core.models import StreamProfile

    locked = StreamProfile.objects.get(name="ffmpeg")
    locked.command = "other"
    with pytest.raises(ValidationError):
        locked.save()
    with pytest.raises(ValidationError):
        locked.delete()


def test_secrets(asked):
    from apps.plugins.models import PluginConfig

    asked.answers = {"secrets.seal": lambda params: params}
    mine = PluginConfig.objects.create(key="mine", name="M", settings={})
    other = PluginConfig.objects.create(key="other", name="O", settings={})
    sealed = {"token": "sealed:v1:abc", "n": 1}
    PluginConfig.objects.update(settings=sealed)
    asked.calls.clear()
    asked.answers = {
        "secrets.open": {"settings": {"token": "clear", "n": 1}},
        "secrets.seal": {"settings": sealed},
    }
    mine.refresh_from_db()
    assert mine.settings == {"token": "clear", "n": 1}
    mine.settings["n"] = 1
    mine.save()
    assert asked.calls[-1] == ("secrets.seal", {"settings": {"token": "clear", "n": 1}})
    asked.answers["secrets.open"] = lambda params: params
    other.refresh_from_db()
    other.save()
    assert asked.calls[-1][0] == "secrets.open"
    with sqlite3.connect(os.environ["DATABASE_URL"].removeprefix("sqlite:///")) as raw:
        kept = {text for (text,) in raw.execute("SELECT settings FROM plugins_pluginconfig")}
    raw.close()
    assert kept == {'{"token": "sealed:v1:abc", "n": 1}'}


def test_transactions_are_immediate(models):
    from django.db import transaction

    with transaction.atomic():
        other = sqlite3.connect(models.path, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE core_useragent SET is_active = 1")
        other.close()


def test_program_that_a_plugin_starts():
    script = (
        "import django; django.setup()\n"
        "from apps.m3u.models import M3UAccount; print(M3UAccount.objects.get().name)"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "dispatcharr.settings"}
    env["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    here = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, cwd=here, capture_output=True, text=True, check=True
    )
    assert done.stdout == "custom\n"
