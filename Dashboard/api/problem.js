// What can go wrong between this page and the server.

/** A refusal or failure that the server explained. */
export class APIProblem extends Error {
  constructor(status, body, correlationID) {
    const error = body?.error ?? body ?? {};
    super(error.message || `The server answered with status ${status}.`);
    this.name = "APIProblem";
    this.status = status;
    this.code = error.code ?? `http.${status}`;
    this.details = error.details ?? null;
    this.correlationID = error.correlation_id ?? correlationID ?? null;
    this.title = titles[status] ?? "The server refused this";
  }

  /** Problems of fields: `[{key, message, remedy}]`; empty when there are none. */
  get fields() {
    const list = this.details?.problems ?? this.details?.fields ?? this.details?.errors ?? [];
    return Array.isArray(list)
      ? list.map((one) => ({ key: String(one.key ?? one.field ?? one.path ?? ""), message: String(one.message ?? one), remedy: one.remedy ?? "" }))
      : [];
  }
}

/** The server did not answer. */
export class ConnectionProblem extends Error {
  constructor() {
    super("The server does not answer. Check that it runs: tradewind status");
    this.name = "ConnectionProblem";
    this.title = "No connection";
    this.code = null;
  }
}

const titles = {
  401: "Log in first", 403: "You may not do this", 404: "There is nothing here", 409: "Its state does not allow this",
  422: "Some values are not right", 429: "Too many requests", 500: "The server failed", 503: "The server cannot do this now",
  504: "This took the server too long",
};
