"""A plugin in Python, with every type of field."""


class Plugin:
    name = "Stream Tools"
    version = "2.1.0"
    description = "Small tools for streams: sorts them, counts them, finds those that are there twice."
    author = "Grace Example"
    help_url = "https://tools.example/"

    fields = [
        {"id": "intro", "label": "Before you begin", "type": "info", "description": "Make a backup of your playlist first."},
        {"id": "verbose", "label": "Say more", "type": "boolean", "default": False, "help_text": "Writes every stream to the log."},
        {"id": "threshold", "label": "Threshold", "type": "number", "default": 5, "min": 1, "max": 10, "step": 1},
        {"id": "prefix", "label": "Prefix", "type": "string", "default": "", "placeholder": "HD "},
        {"id": "password", "label": "Password", "type": "string", "input_type": "password"},
        {"id": "notes", "label": "Notes", "type": "text", "default": ""},
        {
            "id": "order",
            "label": "Order",
            "type": "select",
            "default": "name",
            "options": [{"value": "name", "label": "By name"}, {"value": "age", "label": "By age"}],
        },
        {"id": "confirm", "label": "Ask before changes", "type": "boolean", "default": True},
    ]
    actions = [
        {"id": "count", "label": "Count", "description": "Counts streams.", "confirm": {"required": False}},
        {"id": "sort", "label": "Sort", "description": "Sorts streams.", "button_label": "Sort them", "button_variant": "outline"},
        {"id": "export", "label": "Export", "description": "Writes a list.", "confirm": True, "button_color": "teal"},
        {"id": "crash", "label": "Crash", "description": "Raises an exception.", "confirm": {"required": False}, "button_color": "red"},
    ]

    def run(self, action, params, context):
        logger = context["logger"]
        logger.info("running %s", action)
        if action == "count":
            return {"status": "ok", "message": "12 streams", "by": {"News": {"live": 3, "names": ["One", "Two", "Three"]}, "Sport": 9}}
        if action == "sort":
            return {"status": "ok", "message": "sorted " + context["settings"]["order"]}
        if action == "export":
            return {"status": "ok", "message": "Written", "file": "/data/streams.csv"}
        raise ValueError("no such stream: 12")
