import type { OpenAPIV3_1 } from "openapi-types";
import { useEffect } from "preact/hooks";
import { Table } from "../../web/table.js";
import { useJson } from "./data.js";

type Schema = OpenAPIV3_1.SchemaObject & { $ref?: string };
type Operation = OpenAPIV3_1.OperationObject<{ "x-role": string }>;

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

/** A type in a few words; schemas that have a name are links. */
function Type({ schema }: { schema: Schema }) {
  const { $ref, type, items, anyOf, enum: values, pattern, minimum, maximum } = schema as Schema & { items?: Schema };
  if ($ref !== undefined) return <a href={`#api/${nameOf($ref)}`}>{nameOf($ref)}</a>;
  if (items)
    return (
      <>
        list of <Type schema={items} />
      </>
    );
  if (anyOf)
    return (
      <>
        {anyOf.map((one, i) => (
          <span key={i}>
            {i > 0 && " or "}
            <Type schema={one as Schema} />
          </span>
        ))}
      </>
    );
  if (values) return <>{values.map((value) => JSON.stringify(value)).join(" or ")}</>;
  const range = [minimum !== undefined && `from ${minimum}`, maximum !== undefined && `to ${maximum}`];
  return <>{[[type].flat().join(" or "), pattern, ...range].filter(Boolean).join(" ")}</>;
}

const isRecord = (schema: Schema): boolean => typeof schema.additionalProperties === "object";

/** Its properties; those of lists and objects within it, too. */
function Properties({ schema }: { schema: Schema }) {
  return (
    <dl>
      {Object.entries((schema.properties ?? {}) as Record<string, Schema>).map(([name, property]) => {
        const inner = (property as { items?: Schema }).items ?? property;
        return (
          <div key={name}>
            <dt>
              <code>{name}</code>{" "}
              <span class="muted">
                {isRecord(property) ? (
                  <>
                    object of <Type schema={property.additionalProperties as Schema} />
                  </>
                ) : (
                  <Type schema={property} />
                )}
                {schema.required?.includes(name) ? "" : ", may be missing"}
              </span>
            </dt>
            <dd>
              {property.description}
              {inner.properties && <Properties schema={inner} />}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Answers({ responses }: { responses: Operation["responses"] }) {
  return (
    <ul>
      {Object.entries(responses as Record<string, OpenAPIV3_1.ResponseObject>).map(([status, response]) => {
        const [media, content] = Object.entries(response.content ?? {})[0] ?? [];
        return (
          <li key={status}>
            <code>{status}</code> {response.description}
            {content?.schema && (
              <span class="muted">
                {" "}
                {media}, <Type schema={content.schema} />
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function OperationView({ method, path, operation }: { method: string; path: string; operation: Operation }) {
  const parameters = (operation.parameters ?? []) as OpenAPIV3_1.ParameterObject[];
  const body = (operation.requestBody as OpenAPIV3_1.RequestBodyObject | undefined)?.content["application/json"];
  return (
    <section aria-labelledby={operation.operationId}>
      <h2 id={operation.operationId}>
        <code>
          {method.toUpperCase()} {path}
        </code>
      </h2>
      <p>
        {operation.summary}. <span class="muted">For {operation["x-role"]}.</span>
      </p>
      {parameters.length > 0 && (
        <Table columns={["parameter", "in", "type", "default", "what"]}>
          {parameters.map(({ name, in: where, schema, description }) => (
            <tr key={name}>
              <td>
                <code>{name}</code>
              </td>
              <td>{where}</td>
              <td>
                <Type schema={schema as Schema} />
              </td>
              <td>{JSON.stringify((schema as Schema).default)}</td>
              <td>{description}</td>
            </tr>
          ))}
        </Table>
      )}
      {body?.schema && (
        <>
          <h3>Body</h3>
          <Properties schema={body.schema} />
        </>
      )}
      <h3>Answers</h3>
      <Answers responses={operation.responses} />
    </section>
  );
}

/** What /api/openapi.json says, to read. @param place the schema to show */
export function Api({ place }: { place: string }) {
  const { value: document, error } = useJson<OpenAPIV3_1.Document>("/api/openapi.json", 0);
  useEffect(() => {
    if (place && document) window.document.getElementById(`schema-${place}`)?.scrollIntoView();
  }, [place, document]);
  if (error) return <p role="alert">{error}</p>;
  if (!document) return <p class="muted">...</p>;
  return (
    <div class="api">
      <p>
        {document.info.description} <a href="/api/openapi.json">/api/openapi.json</a> is this page for programs.
      </p>
      {Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
        Object.entries(operations as Record<string, Operation>).map(([method, operation]) => (
          <OperationView key={`${method} ${path}`} {...{ method, path, operation }} />
        )),
      )}
      {Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>).map(([name, schema]) => (
        <section key={name} aria-labelledby={`schema-${name}`}>
          <h2 id={`schema-${name}`}>{name}</h2>
          <p>{schema.description}</p>
          <Properties schema={schema} />
        </section>
      ))}
    </div>
  );
}
