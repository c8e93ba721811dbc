"""Does what has its time. Run it all the time beside the web server, or with --once from cron."""

import threading

from campaigns.management.rounds import Rounds
from campaigns.models import Campaign, Reminder


class Command(Rounds):
    help = (
        "Do what has its time: record that an embargo has ended, and tell those whom it concerns; remind the silent\n"
        "among the invited groups.\n\n"
        "No page waits for this program: a campaign is public from the second that was set. A reminder that was due\n"
        "while it stood still goes out later on the same day, and not after it. Without --once it goes on\n"
        "until it is stopped (SIGTERM or Ctrl+C) and looks every second. Several may run at once: each thing is done\n"
        "once."
    )
    once_help = "do what is due now, then end"

    def round(self, stopped: threading.Event) -> bool:
        published = Campaign.objects.unannounced()
        self.announced = len(published)
        for campaign in published:
            campaign.announce()
        self.reminded = 0
        for reminder in Reminder.objects.due():
            self.reminded += reminder.send()
        return bool(self.announced or self.reminded)

    def done(self) -> str:
        return f"{self.announced} published, {self.reminded} reminders"
