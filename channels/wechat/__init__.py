"""The WeChat official account: signed callbacks, text replies with numbered choices, customer-service messages."""
