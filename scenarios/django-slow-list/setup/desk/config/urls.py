from rest_framework import routers

from tickets.api import TicketViewSet

router = routers.SimpleRouter()
router.register("tickets", TicketViewSet, basename="ticket")
urlpatterns = router.urls
