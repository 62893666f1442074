// Why a request did not work, by what can be done next.
import { problem as problemSchema, type Conversation } from "./schemas";

/** The server answered, and said no (RFC 9457). `code` is stable; the text is in English and not for people. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly detail: string | null;
  readonly requestId: string | null;
  /** On `tenant_required`: the short names to choose from. */
  readonly tenants: readonly string[];
  /** On `version_conflict`: how the conversation stands now. */
  readonly current: Conversation | null;
  /** When to ask again, in seconds, where the server said so. */
  readonly retryAfter: number | null;

  constructor(answer: { status: number; code: string; field?: string | null; detail?: string | null; requestId?: string | null; retryAfter?: number | null; tenants?: readonly string[]; current?: Conversation | null }) {
    super(`${answer.status} ${answer.code}`);
    this.name = "Refused";
    this.status = answer.status;
    this.code = answer.code;
    this.field = answer.field ?? null;
    this.detail = answer.detail ?? null;
    this.requestId = answer.requestId ?? null;
    this.current = answer.current ?? null;
    this.retryAfter = answer.retryAfter ?? null;
    this.tenants = answer.tenants ?? [];
  }

  static async from(response: Response): Promise<Refused> {
    const body = problemSchema.safeParse(await response.json().catch(() => null));
    const known = body.success ? body.data : null;
    const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
    return new Refused({
      status: response.status,
      code: known?.code ?? "unexpected",
      field: known?.field ?? null,
      detail: known?.detail ?? known?.title ?? null,
      requestId: known?.request_id ?? response.headers.get("x-request-id") ?? response.headers.get("apigw-requestid"),
      tenants: known?.tenants ?? [],
      current: known?.current ?? null,
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
    });
  }
}

/** No answer: the network is gone, or the server is. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("the server cannot be reached", { cause });
    this.name = "Unreachable";
  }
}

/** An answer that does not fit its schema: the server and this app are of different versions. */
export class Malformed extends Error {
  constructor(path: string, cause: unknown) {
    super(`the answer of ${path} was not understood`, { cause });
    this.name = "Malformed";
  }
}

/** Whether the same request may work if it is made again. */
export function worthAnotherTry(error: unknown): boolean {
  if (error instanceof Unreachable) return true;
  return error instanceof Refused && (error.status >= 500 || error.status === 429 || error.status === 408);
}
