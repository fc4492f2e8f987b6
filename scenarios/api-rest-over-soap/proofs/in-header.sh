sed -i 's/^    def __init__(self, fault):/    def __init__(self, fault):\n        self.text = fault.message/; s/return {"error": "the registry can.t answer"}, 502$/return {"error": "failed"}, 502, {"X-Reason": getattr(problem, "text", "failed")}/' ~/api/app.py
sed -i 's/^def failed(error):/def failed(problem):/' ~/api/app.py
