"""Addresses of this screen."""

from django.urls import path

from tidegate.console.control import views

urlpatterns = [
    path("", views.index, name="index"),
    path("office/<str:code>/", views.office, name="office"),
    path("orders/", views.order_list, name="orders"),
    path("orders/<int:number>/", views.act_on_order, name="order"),
    path("proposals/", views.proposal_list, name="proposals"),
    path("proposals/<int:number>/", views.proposal, name="proposal"),
    path("proposals/<int:number>/decide/", views.decide, name="decide"),
    path("draw/", views.draw, name="draw"),
    path("draw/commitments.txt", views.published, name="published"),
    path("draw/<str:day>/", views.draw_day, name="draw_day"),
]
