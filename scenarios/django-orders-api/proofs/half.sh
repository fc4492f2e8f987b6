cd ~/shop && git checkout --quiet .
cat >> orders/api.py <<'PY'


class LateSerializer(OrderSerializer):
    """Finds the products of the lines when the order is stored already."""

    lines = serializers.ListField(child=serializers.DictField(), allow_empty=False)

    def validate_lines(self, lines):
        return lines

    def to_representation(self, order):
        return OrderSerializer(order).data

    def store(self, order, data):
        lines = data.pop("lines", None)
        order.total = order.total or 0
        super().store(order, data)
        if lines is not None:
            checked = LineSerializer(data=lines, many=True)
            if not checked.is_valid():
                raise ValidationError({"lines": checked.errors})
            return super().store(order, {"lines": OrderSerializer.validate_lines(self, checked.validated_data)})
        return order


OrderViewSet.serializer_class = LateSerializer
PY
