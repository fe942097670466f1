"""A SPARQL server by its standard protocols: its Graph Store and its query endpoint. The border to httpx."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from kg import __version__
from kg.errors import KgError, one_line
from kg.store import Answer, Rows, Term, Triples, bare, declared, form
from kg.vocabulary import RDF, XSD

_REDIRECTS = 5
_CONNECT = 10  # seconds, as the following two
_STORED = 60
_ANSWERED = 300

_TROUBLE = {429, 500, 502, 503, 504, 507}
_ABSENT = {404, 405, 410, 501}
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
_TOLD = 200  # code points of what a server says of an error


class Unavailable(KgError):
    """The server is not reached, or cannot answer now: the same request may succeed later.

    ``wait`` is for how many seconds the server asks to be left alone, 0 where it does not say.
    """

    def __init__(self, message: str, wait: int = 0) -> None:
        super().__init__(message)
        self.wait = wait


class Login(httpx.Auth):
    """A user and a password, told as Basic or as Digest only when the server asks for them."""

    def __init__(self, user: str, password: str) -> None:
        self._basic = httpx.BasicAuth(user, password)
        self._digest = httpx.DigestAuth(user, password)
        self._chosen: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """One request and, where the server asks who sends it, the same with the answer."""
        if not self._chosen:
            response = yield request
            asked = response.headers.get("WWW-Authenticate", "").lower()
            if response.status_code != 401 or not re.search(r"\b(basic|digest)\b", asked):
                return
            self._chosen = self._digest if "digest" in asked else self._basic
        yield from self._chosen.auth_flow(request)


class Token(httpx.Auth):
    """A bearer token."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with the token."""
        request.headers["Authorization"] = self._header
        yield request


class _Server:
    """What both protocols share: connections that are kept, redirects, and errors in one line."""

    _what = ""

    def __init__(self, url: str, auth: Login | Token | None, patience: float) -> None:
        """Raises KgError where ``url`` is no address of a server, or tells a password."""
        self.url = url
        self._has_login = bool(auth)
        try:
            self._url = httpx.URL(url).copy_with(fragment=None)
        except httpx.InvalidURL as error:
            raise KgError(f"not an address: {url!r}: {error}") from None
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise KgError(f"not an address: {url!r}: give one such as http://localhost:7878")
        if self._url.userinfo:
            raise KgError("a user in the address: give --user, and the password in KG_PASSWORD")
        self._client = httpx.Client(
            auth=auth,
            timeout=httpx.Timeout(patience, connect=_CONNECT),
            headers={"User-Agent": f"kg/{__version__}"},
        )

    def _ask(self, method: str, url: httpx.URL, **request: Any) -> httpx.Response:
        """The response to one request, whatever its status. Raises Unavailable where none comes."""
        for _ in range(_REDIRECTS + 1):
            try:
                response = self._client.request(method, url, **request)
            except httpx.TransportError as error:
                told = _ERRNO.sub("", one_line(error)) or type(error).__name__
                if isinstance(error, httpx.ReadTimeout):
                    told = f"no answer in {self._client.timeout.read:.0f} s"
                failure = KgError if "CERTIFICATE_VERIFY_FAILED" in told else Unavailable
                raise failure(f"cannot reach the server: {self.url}: {told}") from None
            except httpx.HTTPError as error:
                raise KgError(f"wrong answer: {self.url}: {one_line(error)}") from None
            if not response.has_redirect_location:
                return response
            url = self._redirected(url, response)
        raise KgError(f"redirected without end: {self.url}: the last time to {url}")

    def _redirected(self, url: httpx.URL, response: httpx.Response) -> httpx.URL:
        """Where the same request goes next. httpx itself would make it a GET, and lose what is sent."""
        target = url.join(response.headers["Location"])
        if not target.query:
            target = target.copy_with(query=url.query)
        if response.status_code == 303 or target.host != url.host or target.scheme < url.scheme:
            raise KgError(f"redirected elsewhere: {self.url}: give {target} if that is what you mean")
        return target

    def _refusal(self, response: httpx.Response) -> KgError:
        """What a response that is no success means."""
        status = response.status_code
        told = one_line(_TAG.sub(" ", response.text))[:_TOLD] or response.reason_phrase
        if status in _TROUBLE:
            wait = response.headers.get("Retry-After", "")
            message = f"server in trouble: {self.url}: HTTP {status}: {told}"
            return Unavailable(message, int(wait) if wait.isdecimal() else 0)
        if status == 401:
            advice = "check it" if self._has_login else "give --user and KG_PASSWORD, or KG_TOKEN"
            return KgError(f"login refused: {self.url}: {advice}")
        if status == 403:
            return KgError(f"not allowed: {self.url}: {told}: log in as a user who may do that")
        if status in _ABSENT:
            return KgError(f"no {self._what} there: {self.url}: HTTP {status}: check the address")
        return KgError(f"refused: {self.url}: HTTP {status}: {told}")


class GraphStore(_Server):
    """A server's named graphs, by the SPARQL 1.1 Graph Store Protocol. Threads may share it."""

    _what = "Graph Store"

    def __init__(self, url: str, auth: Login | Token | None = None) -> None:
        super().__init__(url, auth, _STORED)

    def put(self, graph: str, triples: bytes) -> None:
        """Make ``triples``, in N-Triples, the whole of a named graph. Raises KgError, or Unavailable."""
        headers = {"Content-Type": "application/n-triples"}
        response = self._ask("PUT", self._named(graph), content=triples, headers=headers)
        if not response.is_success:
            raise self._refusal(response)

    def delete(self, graph: str) -> None:
        """Remove a named graph, if it is there. Raises KgError, or Unavailable."""
        response = self._ask("DELETE", self._named(graph))
        if not response.is_success and response.status_code != 404:
            raise self._refusal(response)

    def _named(self, graph: str) -> httpx.URL:
        name = f"graph={quote(graph, safe='')}".encode()
        return self._url.copy_with(query=b"&".join(filter(None, (self._url.query, name))))


class Endpoint(_Server):
    """A server that answers queries by the SPARQL 1.1 Protocol, in the types of ``kg.store``."""

    _what = "SPARQL endpoint"

    def __init__(self, url: str, auth: Login | Token | None = None) -> None:
        super().__init__(url, auth, _ANSWERED)

    def query(self, sparql: str, bindings: Mapping[str, Term] | None = None) -> Answer:
        """The answer to a SPARQL query, as ``Store.query`` gives it.

        What the default graph is, the server decides. ``bindings`` hold in the outermost group of the
        query and in its filters. Raises KgError also for an answer that the server has cut.
        """
        kind = form(sparql)
        if kind not in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            raise KgError(
                f"not a query: {self.url}: it begins with {kind or 'nothing'}: ask with SELECT or ASK"
            )
        is_graph = kind in ("CONSTRUCT", "DESCRIBE")
        accepted = (
            "application/n-triples, text/turtle;q=0.5" if is_graph else "application/sparql-results+json"
        )
        sent = {"query": declared(_bound(sparql, bindings or {}))}
        response = self._ask("POST", self._url, data=sent, headers={"Accept": accepted})
        if response.status_code == 400:
            raise KgError(f"wrong query: {one_line(_TAG.sub(' ', response.text))[:_TOLD]}")
        if not response.is_success:
            raise self._refusal(response)
        if response.status_code == 206 or "X-SQL-State" in response.headers:  # Virtuoso, out of time
            raise self._cut()
        answer = self._triples(response) if is_graph else self._results(response, kind)
        if most := response.headers.get("X-SPARQL-MaxRows"):  # Virtuoso, at its limit or beyond
            raise KgError(f"answer cut at {most} rows: {self.url}: ask for fewer with LIMIT and OFFSET")
        return answer

    def hides_named_graphs(self) -> bool:
        """Whether a query that names no graph finds nothing there, though there are named graphs."""
        return self.query("ASK { ?s ?p ?o }") is False and self.query("ASK { GRAPH ?g { ?s ?p ?o } }") is True

    def _cut(self) -> KgError:
        return KgError(f"answer broken off: {self.url}: the query may take longer than the server allows")

    def _triples(self, response: httpx.Response) -> Triples:
        try:
            return Triples.parse(response.content)
        except ValueError:
            raise self._cut() from None

    def _results(self, response: httpx.Response, kind: str) -> bool | Rows:
        try:
            found = json.loads(response.content)
        except ValueError:
            # Servers have sent their status before they run out of time.
            raise (
                self._cut()
                if "json" in response.headers.get("Content-Type", "")
                else KgError(
                    f"no {self._what} there: {self.url}: it answers, but not in JSON: check the address"
                )
            ) from None
        try:
            if "boolean" in found:
                return bool(found["boolean"])
            variables = tuple(found["head"].get("vars", ()))
            rows = [
                tuple(_term(row[name]) if name in row else None for name in variables)
                for row in found["results"]["bindings"]
            ]
        except (KeyError, TypeError, AttributeError):
            raise KgError(f"wrong answer: {self.url}: not SPARQL results in JSON") from None
        if kind == "ASK":  # Virtuoso answers with a row
            return any(term is not None and term.value in ("1", "true") for row in rows for term in row)
        return Rows(variables, rows)


def _term(binding: Mapping[str, Any]) -> Term:
    match binding["type"]:
        case "uri":
            return Term("iri", binding["value"])
        case "bnode":
            return Term("blank", binding["value"])
        case "triple":
            parts = binding["value"]
            return Term("triple", " ".join(str(_term(parts[n])) for n in ("subject", "predicate", "object")))
    language = binding.get("xml:lang", "")
    datatype = f"{RDF}langString" if language else binding.get("datatype") or f"{XSD}string"
    return Term("literal", str(binding["value"]), language, datatype)


def _bound(sparql: str, bindings: Mapping[str, Term]) -> str:
    """``sparql`` with VALUES at the beginning of its outermost group."""
    start = bare(sparql).find("{") + 1
    values = "".join(f" VALUES ?{name} {{ {term} }}" for name, term in sorted(bindings.items()))
    return sparql[:start] + values + sparql[start:]
