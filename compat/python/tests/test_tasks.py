"""Celery's tasks, whose work the host queues."""

from datetime import datetime, timezone

import pytest

pytestmark = pytest.mark.usefixtures("asked")


def sent(asked):
    """What the host was given, without the ids."""
    return [{k: v for k, v in params.items() if k != "id"} for method, params in asked.calls]


def test_delay(asked):
    from celery import current_app

    from apps.m3u.tasks import refresh_single_m3u_account

    result = refresh_single_m3u_account.delay(5)
    assert result.id == asked.calls[0][1]["id"]
    refresh_single_m3u_account.apply_async(kwargs={"account_id": 6}, countdown=3)
    refresh_single_m3u_account.apply_async((7,), eta=datetime(2026, 1, 2, tzinfo=timezone.utc))
    current_app.send_task("somebody.else", args=[1])
    name = "apps.m3u.tasks.refresh_single_m3u_account"
    assert sent(asked) == [
        {"task": name, "args": [5], "kwargs": {}, "then": []},
        {"task": name, "args": [], "kwargs": {"account_id": 6}, "then": [], "countdown": 3.0},
        {"task": name, "args": [7], "kwargs": {}, "then": [], "eta": "2026-01-02T00:00:00+00:00"},
        {"task": "somebody.else", "args": [1], "kwargs": {}, "then": []},
    ]


def test_chain(asked):
    from celery import chain

    from apps.epg.tasks import refresh_epg_data
    from apps.m3u.tasks import refresh_single_m3u_account

    chain(refresh_single_m3u_account.si(1), refresh_epg_data.si(2), refresh_epg_data.s(force=True)).delay()
    (only,) = sent(asked)
    assert only["args"] == [1]
    assert [
        (one["task"].rpartition(".")[2], one["args"], one["kwargs"], one["immutable"]) for one in only["then"]
    ] == [
        ("refresh_epg_data", [2], {}, True),
        ("refresh_epg_data", [], {"force": True}, False),
    ]


def test_within_a_transaction(asked):
    from django.db import transaction

    from apps.m3u.tasks import refresh_m3u_accounts
    from apps.plugins.loader import PluginManager

    with transaction.atomic():
        result = refresh_m3u_accounts.delay()
        assert asked.calls == []
        with pytest.raises(RuntimeError, match="after the transaction"):
            refresh_m3u_accounts()
        with pytest.raises(RuntimeError, match="after the transaction"):
            PluginManager().run_action("another", "sync")
    assert [params["id"] for _, params in asked.calls] == [result.id]


def test_called(asked):
    from apps.epg.tasks import refresh_all_epg_data

    asked.answers = {"celery.call": "done"}
    assert refresh_all_epg_data() == "done"
    assert asked.calls == [
        ("celery.call", {"task": "apps.epg.tasks.refresh_all_epg_data", "args": [], "kwargs": {}})
    ]


def test_own_task(asked):
    from celery import shared_task

    from pluggarr import tasks
    from pluggarr.protocol import CallError

    @shared_task(name="mine.double")
    def double(n):
        return n * 2

    assert tasks.perform({"task": "mine.double", "args": [4], "id": "x"}) == "8"
    with pytest.raises(CallError, match="no task"):
        tasks.perform({"task": "mine.unknown"})
    from dispatcharr.celery import app

    registered = app.control.inspect(timeout=2).registered()
    assert "mine.double" in next(iter(registered.values()))


def test_periodic_tasks():
    from django_celery_beat.models import CrontabSchedule, PeriodicTask

    from core.scheduling import create_or_update_periodic_task, delete_periodic_task

    create_or_update_periodic_task("mine", "a.b", {"n": 1}, cron_expression="5 4 * * 1")
    task = PeriodicTask.objects.get(name="mine")
    assert (task.crontab.minute, task.crontab.day_of_week, task.enabled) == ("5", "1", True)
    create_or_update_periodic_task("mine", "a.b", interval_hours=0)
    assert PeriodicTask.objects.get(name="mine").enabled is False
    assert delete_periodic_task("mine")
    assert not delete_periodic_task("mine")
    assert CrontabSchedule.objects.count() == 1


def test_results(asked):
    from celery.exceptions import TaskRevokedError, TimeoutError

    from apps.epg.tasks import refresh_epg_data
    from pluggarr.unsupported import NotSupported

    result = refresh_epg_data.delay(1)
    told = iter([{"state": "PENDING"}, {"state": "STARTED"}, {"state": "SUCCESS", "result": "done"}])
    asked.answers["celery.result"] = lambda params: next(told) if params == {"id": result.id} else None
    assert not result.ready()
    assert result.get(timeout=60) == "done"
    assert (result.state, result.result, result.successful()) == ("SUCCESS", "done", True)

    for answer, raised, words in [
        ({"state": "FAILURE", "error": "ValueError: no luck"}, ValueError, "^no luck$"),
        ({"state": "FAILURE", "error": "Odd: no luck"}, RuntimeError, "^Odd: no luck$"),
        ({"state": "REVOKED"}, TaskRevokedError, "taken back"),
        ({"state": ""}, NotSupported, "nobody knows it"),
    ]:
        asked.answers["celery.result"] = answer
        with pytest.raises(raised, match=words):
            refresh_epg_data.delay(1).get()
    asked.answers["celery.result"] = {"state": "STARTED"}
    with pytest.raises(TimeoutError):
        refresh_epg_data.delay(1).get(timeout=0.01)


def test_where_nobody_can_wait(asked):
    from celery import shared_task
    from django.db import transaction

    from apps.epg.tasks import refresh_epg_data
    from pluggarr import tasks

    asked.answers["celery.result"] = {"state": "PENDING"}
    with transaction.atomic(), pytest.raises(RuntimeError, match="after the transaction"):
        refresh_epg_data.delay(1).get()

    @shared_task(name="mine.waits")
    def waits():
        return refresh_epg_data.delay(1).get()

    with pytest.raises(RuntimeError, match="use a chain"):
        tasks.perform({"task": "mine.waits"})


def test_several(asked):
    from celery import chain, chord, group

    from apps.epg.tasks import refresh_epg_data
    from pluggarr.unsupported import NotSupported

    asked.answers["celery.result"] = lambda params: {"state": "SUCCESS", "result": params["id"]}
    results = group(refresh_epg_data.si(n) for n in (1, 2)).delay()
    assert results.get(timeout=60) == [one["id"] for method, one in asked.calls if method == "celery.send"]
    last = chain(refresh_epg_data.si(1), refresh_epg_data.si(2)).delay()
    assert last.id == asked.calls[-1][1]["then"][0]["id"]
    assert last.get(timeout=60) == last.id
    asked.calls.clear()
    both = [refresh_epg_data.si(1), refresh_epg_data.si(2)]
    with pytest.raises(NotSupported, match="chord"):
        chord(both)(refresh_epg_data.si(3))
    with pytest.raises(NotSupported, match=r"celery\.group"):
        chain(refresh_epg_data.si(3), group(both)).delay()
    assert [one for one in asked.calls if one[0] == "celery.send"] == []
