"""A plugin whose only action does nothing."""


class Plugin:
    name = "Noop"
    fields = [
        {"id": "limit", "label": "Item limit", "type": "number", "default": 5},
        {"id": "mode", "label": "Mode", "type": "string", "default": "safe"},
    ]
    actions = [{"id": "noop", "label": "Noop"}]

    def run(self, action, params, context):
        return {"status": "ok"}
