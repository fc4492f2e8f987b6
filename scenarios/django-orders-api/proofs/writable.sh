cd ~/shop && git checkout --quiet .
sed -i 's/read_only_fields = \["status", "created", "total"\]/read_only_fields = ["created"]\n        extra_kwargs = {"total": {"required": False}}/
s/        order.note = data.get("note", order.note)/        order.note, order.status = data.get("note", order.note), data.get("status", order.status)/' orders/api.py
