"""A plugin that writes small transactions in a tight loop until it is told to stop."""

import threading
import time

from django.db import transaction

from apps.channels.models import Channel, ChannelGroup


class Plugin:
    name = "Writer"
    actions = [{"id": "begin", "label": "Begin"}, {"id": "end", "label": "End"}, {"id": "query", "label": "Query"}]

    def __init__(self):
        self.took, self.failures, self.over = [], [], threading.Event()
        self.thread = None

    def run(self, action, params, context):
        if action == "query":
            begun = time.perf_counter()
            Channel.objects.count()
            return {"ms": (time.perf_counter() - begun) * 1000}
        if action == "begin":
            self.thread = threading.Thread(target=self.write, args=(params["name"],))
            self.thread.start()
            return {"status": "ok"}
        self.over.set()
        self.thread.join()
        kept = Channel.objects.filter(name__startswith=params["name"] + " ").count()
        return {"ms": self.took, "failures": self.failures[:3], "kept": kept}

    def stop(self, context):
        self.over.set()

    def write(self, name):
        """Add a channel and count it in its group, both or none."""
        group = ChannelGroup.objects.create(name=name)
        while not self.over.is_set():
            begun = time.perf_counter()
            try:
                with transaction.atomic():
                    number = len(self.took)
                    Channel.objects.create(name=f"{name} {number}", channel_number=number, channel_group=group)
                    group.name = f"{name} {number}"
                    group.save()
            except Exception as error:
                self.failures.append(repr(error))
            else:
                self.took.append((time.perf_counter() - begun) * 1000)
