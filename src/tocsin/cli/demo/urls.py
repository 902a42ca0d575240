"""The address of the demo's mailbox; config.urls has it in the demo only."""

from django.urls import path

from tocsin.cli.demo.views import mailbox

urlpatterns = [path("", mailbox, name="mailbox")]
