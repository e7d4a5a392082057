"""The knowledge API as an app of its own, so that its refusals and its documentation are its own."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from channels.console.services import ConsoleServices
from channels.knowledge_api import (
    checks,
    documents,
    entries,
    golden,
    history,
    hit_tests,
    imports,
    searching,
    use,
    vocabulary,
)
from channels.knowledge_api.caller import TokenOnly
from channels.knowledge_api.problems import ApiProblem, Kind, ProblemBody, install, kinds, listed

MOUNT = "/api/knowledge"
# Where files are sent to: bodies may be as large as a file of an import and what is around it in the form.
UPLOADS = (f"{MOUNT}/imports", f"{MOUNT}/hit-tests/bulk")
RESOURCES = (entries, history, use, checks, searching, hit_tests, documents, imports, golden, vocabulary)
REFERENCE = "#/components/schemas/{model}"


def create_knowledge_api(services: ConsoleServices) -> FastAPI:
    """The app to mount at ``MOUNT``; it describes itself at ``openapi.json``."""
    app = FastAPI(
        title="Wenzheng 问政: knowledge base",
        summary="What the console's pages do with the knowledge base, with a token. See docs/api.md.",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": MOUNT}],
        root_path_in_servers=False,
        separate_input_output_schemas=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = services
    install(app)
    app.add_middleware(TokenOnly, accounts=services.accounts)

    @app.get("/problems", tags=["problems"], responses=listed("unexpected"))
    def list_problems() -> dict[str, Kind]:
        """Every kind of refusal, by the last part of its ``type``."""
        return kinds()

    @app.get("/problems/{name}", tags=["problems"], responses=listed("not-found", "invalid-request"))
    def read_problem(name: str) -> Kind:
        """What a kind of refusal means."""
        if name not in kinds():
            raise ApiProblem("not-found")
        return kinds()[name]

    for resource in RESOURCES:
        app.include_router(resource.router)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """FastAPI's own description, with what it cannot know: the media type of refusals, and that If-Match is needed."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            routes=app.routes,
            servers=app.servers,
            separate_input_output_schemas=False,
        )
        body = ProblemBody.model_json_schema(ref_template=REFERENCE)
        schema["components"]["schemas"] |= body.pop("$defs", {}) | {"ProblemBody": body}
        parameters = [
            one for path in schema["paths"].values() for route in path.values() for one in route.get("parameters", [])
        ]
        for one in parameters:
            # FastAPI would refuse a missing one with 422; a version that is not said is 428.
            one["required"] |= one["name"] == "if-match"
        app.openapi_schema = schema
    return app.openapi_schema
