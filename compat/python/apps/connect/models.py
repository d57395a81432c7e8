"""Deliveries of events to other programs. This host keeps the rows and delivers nothing."""

from __future__ import annotations

from django.db import models

from pluggarr.names import EVENTS


class Integration(models.Model):
    """Somebody who wants to hear of events."""

    TYPE_CHOICES = (("webhook", "Webhook"), ("api", "API"), ("script", "Script"))

    name = models.CharField(max_length=255)
    type = models.CharField(max_length=50, choices=TYPE_CHOICES)
    config = models.JSONField(default=dict)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "dispatcharr_connect_integration"


class EventSubscription(models.Model):
    """An event somebody wants to hear of."""

    event = models.CharField(max_length=100, choices=tuple(EVENTS.items()))
    integration = models.ForeignKey("Integration", on_delete=models.CASCADE, related_name="subscriptions")
    enabled = models.BooleanField(default=True)
    payload_template = models.TextField(null=True, blank=True)

    class Meta:
        managed = False
        db_table = "dispatcharr_connect_eventsubscription"


class DeliveryLog(models.Model):
    """A delivery, and how it went."""

    STATUS_CHOICES = (("success", "Success"), ("failed", "Failed"))

    subscription = models.ForeignKey("EventSubscription", on_delete=models.CASCADE, related_name="logs")
    status = models.CharField(max_length=50, choices=STATUS_CHOICES)
    request_payload = models.JSONField(default=dict)
    response_payload = models.JSONField(default=dict)
    error_message = models.TextField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "dispatcharr_connect_deliverylog"
