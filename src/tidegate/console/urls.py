"""All addresses: one folder a screen, the interface for systems, sign-in."""

from django.urls import include, path

from tidegate.console.home import home, language
from tidegate.console.screens import SCREENS

urlpatterns = [
    path("", home, name="home"),
    path("account/", include("tidegate.console.sign_in.urls")),
    path("language/", language, name="set_language"),
    path("api/", include("tidegate.console.api.urls")),
    *(path(f"{screen.name}/", include((f"{screen.app}.urls", screen.name))) for screen in SCREENS),
]
handler403 = "tidegate.console.home.refused"
handler404 = "tidegate.console.home.missing"
handler500 = "tidegate.console.home.failed"
