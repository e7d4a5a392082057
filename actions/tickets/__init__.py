"""Tickets: complaints, reports and other requests, from filing to close, within their legal time limits."""
