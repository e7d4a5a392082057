import unittest
from unittest.mock import patch

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.dialogue import outages


class Outages(unittest.IsolatedAsyncioTestCase):
    async def seen(self, error: Exception) -> bool:
        async def fail(*_: object, **__: object) -> None:
            raise error

        with patch.object(EndpointConfig, "request", fail):
            outages.install()
            outages.install()
            outage = outages.watch()
            with self.assertRaises(type(error)):
                await EndpointConfig("http://127.0.0.1:1").request()
        return outage.seen

    async def test_nobody_listens(self) -> None:
        self.assertTrue(await self.seen(aiohttp.ClientConnectionError("refused")))

    async def test_the_action_server_says_that_something_is_away(self) -> None:
        self.assertTrue(await self.seen(ClientResponseError(503, "Service Unavailable", "")))

    async def test_an_action_that_fails_is_no_outage(self) -> None:
        self.assertFalse(await self.seen(ClientResponseError(500, "Internal Server Error", "")))
