"""The HTTP interface."""

import logging
from contextlib import asynccontextmanager
from datetime import date

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from workshop import bookings, customers, reports
from workshop.accounts import owner
from workshop.storage import close_pools, get_conn

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_):
    """Close the pools when the server stops."""
    yield
    close_pools()


app = FastAPI(title="Bicycle workshop", lifespan=lifespan)


class BookingRequest(BaseModel):
    """What a customer sends to book a slot."""

    customer_id: int
    day: date
    work: str


@app.get("/health")
def health():  # noqa: MOS902 -- the load balancer has no account
    """Tell the load balancer whether the database answers."""
    try:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Exception:
        logger.exception("health check failed")
        raise HTTPException(status_code=503, detail="database unavailable") from None
    return {"status": "ok"}


@app.get("/bookings")
def list_bookings(day: date):
    """The bookings of a day."""
    return [booking.as_dict() for booking in bookings.on_day(day)]


@app.post("/bookings", status_code=201)
def book(request: BookingRequest):
    """Book a slot."""
    try:
        return bookings.book(request.customer_id, request.day, request.work)
    except bookings.SlotTaken:
        raise HTTPException(status_code=409, detail="this day is full") from None


@app.delete("/bookings/{booking_id}", status_code=204)
def cancel(booking_id: int):
    """Cancel a booking."""
    if not bookings.cancel(booking_id):
        raise HTTPException(status_code=404)


@app.get("/customers/{customer_id}")
def read_customer(customer_id: int):
    """One customer."""
    customer = customers.by_id(customer_id)
    if customer is None:
        raise HTTPException(status_code=404)
    return customer


@app.get("/reports/month")
def month_report(year: int, month: int):
    """What a month brought in, by kind of work."""
    return reports.by_work(year, month)


@app.get("/income/{year}", dependencies=[Depends(owner)])
def income(year: int):
    """A year's income, for the owner."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("SELECT sum(price) FROM bookings WHERE extract(year FROM day) = %s", (year,))
        return {"income": cursor.fetchone()[0]}


@app.delete("/bookings")
def forget(before: date):
    """Delete the bookings before a day."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute("DELETE FROM bookings WHERE day < %s", (before,))
        return {"deleted": cursor.rowcount}
