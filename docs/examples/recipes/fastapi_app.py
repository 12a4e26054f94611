"""A FastAPI application: one client for all requests, opened and closed with the application."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request

from cleanroomsml_client import Client, ResourceNotFoundError, ServiceError, connect, get_audience_model, to_dict


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Open the client before the first request, and close it after the last one."""
    async with connect() as app.state.client:
        yield


def get_client(request: Request) -> Client:
    """Return the client of the application; tests override this dependency."""
    client: Client = request.app.state.client
    return client


app = FastAPI(lifespan=lifespan)


@app.get("/models/{arn:path}")
async def read_model(arn: str, client: Annotated[Client, Depends(get_client)]) -> dict[str, Any]:
    """Return an audience model."""
    try:
        return to_dict(await get_audience_model(client, arn))
    except ResourceNotFoundError as error:
        raise HTTPException(404, error.message) from error
    except ServiceError as error:
        raise HTTPException(502, f"{error.code}, request {error.request_id}") from error
