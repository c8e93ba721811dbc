from django.urls import path

from . import mailbox

urlpatterns = [
    path("mailbox/", mailbox.index, name="mailbox"),
    path("mailbox/<int:number>/", mailbox.show, name="mailbox_letter"),
    path("mailbox/<int:number>/html/", mailbox.show_html, name="mailbox_letter_html"),
]
