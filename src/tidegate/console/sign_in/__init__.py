"""Signing in: password, second factor, an own identity provider where one is set. All of it is django-allauth's."""
