"""Reminders, sent every evening for the next day."""

import contextlib
import logging
from datetime import date, timedelta

import httpx

from workshop import alerts, bookings, customers

logger = logging.getLogger(__name__)

MAIL_SERVICE = "https://mail.example.com/v1/send"


def send(address, text):
    """Send one mail.

    Raises:
        httpx.HTTPError: the mail service didn't take it.
    """
    response = httpx.post(MAIL_SERVICE, json={"to": address, "text": text}, timeout=10)
    response.raise_for_status()


def remind_tomorrow():
    """Remind everybody who has a booking tomorrow."""
    day = date.today() + timedelta(days=1)
    sent = 0
    for booking in bookings.on_day(day):
        try:
            customer = customers.by_id(booking.customer_id)
            send(customer["email"], f"We expect your bicycle tomorrow: {booking.work}.")
            sent += 1
        except Exception:
            pass
    print(f"sent {sent} reminders")
    return sent


def remind_one(booking):
    """Remind one customer, and wake somebody up if that fails."""
    try:
        customer = customers.by_id(booking.customer_id)
        send(customer["email"], "Your bicycle is ready.")
    except Exception as error:
        alerts.page_on_call(f"no reminder sent: {error}")


def thank(customer_id):
    """Thank for a visit; best effort."""
    try:
        customer = customers.by_id(customer_id)
        send(customer["email"], "Thank you for your visit.")
    except httpx.HTTPError as error:
        print("thank-you mail failed:", error)


def newsletter(addresses, text):
    """Send a newsletter and return how many got it."""
    sent = 0
    for address in addresses:
        try:
            send(address, text)
            sent += 1
        except:
            logging.error("newsletter to %s failed", address)
    return sent


def unsubscribe(address):
    """Tell the mail service that an address wants no more mails."""
    with contextlib.suppress(Exception):
        httpx.delete(f"{MAIL_SERVICE}/{address}", timeout=10)


def ping():
    """Wake the mail service before the evening run; it may be asleep, and that is fine."""
    try:
        httpx.get(MAIL_SERVICE, timeout=1)
    except httpx.TimeoutException:  # it wakes up all the same
        pass


def warm_up():
    """Ask for the first page of tomorrow, so that the cache is filled."""
    try:
        bookings.on_day(date.today() + timedelta(days=1))
    except Exception:  # noqa: MOS302 -- the evening run reports what is wrong with the database
        pass
    logger.info("warmed up")  # noqa: MOS305


def last_words(reason):
    """What the worker says before it stops."""
    logger.error("stopping: %s", reason)
    print("stopping:", reason)  # noqa MOS305
