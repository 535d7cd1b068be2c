/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.gateway.data;

import io.headrace.client.ConflictException;
import io.headrace.client.HeadraceClient;
import io.headrace.client.KeyValueTable;
import io.headrace.client.NotFoundException;
import io.headrace.client.Serializers;
import io.headrace.client.TableConfiguration;
import io.headrace.client.TableKey;
import io.headrace.client.TableKeySerializer;
import io.headrace.client.TableName;
import io.headrace.client.TableVersion;
import io.headrace.verticles.gateway.Body;
import io.headrace.verticles.gateway.HttpAnswers;
import io.headrace.verticles.gateway.ProblemException;
import io.reactivex.rxjava3.core.Single;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Key-value tables: a key is a path, a value a body, and a version an {@code ETag}, on which {@code If-Match} and {@code
 * If-None-Match} make changes depend.
 */
final class TableRoutes {
    static final String TABLES = "/v1/scopes/:scope/kvtables";
    static final String TABLE = TABLES + "/:table";
    static final String ENTRIES = TABLE + "/entries";
    static final String ENTRY = ENTRIES + "/:key";

    private static final int MAX_TABLES = 1_000;
    private static final int MAX_PARTITIONS = 10_000;
    private static final int MAX_KEY_BYTES = 256;

    /** Tables whose segments are remembered. */
    private static final int MAX_OPEN = 256;

    private static final Set<String> FIELDS =
            Set.of("keyValueTableName", "partitions", "primaryKeyBytes", "secondaryKeyBytes");

    private final HeadraceClient client;
    private final Publisher publisher;
    private final RequestBody bodies;
    private final Map<TableName, KeyValueTable<TableKey, byte[]>> open = new LinkedHashMap<>(16, 0.75f, true);

    TableRoutes(HeadraceClient client, Publisher publisher, RequestBody bodies) {
        this.client = client;
        this.publisher = publisher;
        this.bodies = bodies;
    }

    void mount(Router router) {
        router.get(TABLES).handler(context -> answer(context, this::list));
        router.post(TABLES).handler(context -> answer(context, this::create));
        router.get(TABLE).handler(context -> answer(context, this::describe));
        router.delete(TABLE).handler(context -> answer(context, this::delete));
        router.get(ENTRIES).handler(context -> answer(context, this::entries));
        router.get(ENTRY).handler(context -> answer(context, this::get));
        router.put(ENTRY).handler(context -> answer(context, this::put));
        router.delete(ENTRY).handler(context -> answer(context, this::remove));
    }

    /** Lets the handler answer; tells what it fails with. */
    private void answer(RoutingContext context, Function<RoutingContext, Future<?>> handler) {
        try {
            handler.apply(context).onFailure(cause -> fail(context, cause));
        } catch (IllegalArgumentException | ProblemException e) {
            context.fail(Failures.of(e));
        }
    }

    private void fail(RoutingContext context, Throwable cause) {
        if (cause instanceof NotFoundException && context.pathParams().containsKey("table")) {
            // It may come again, with other segments.
            open.remove(table(context));
        }
        boolean isConditional = context.request().headers().contains("If-Match")
                || context.request().headers().contains("If-None-Match");
        context.fail(
                cause instanceof ConflictException && isConditional
                        ? new ProblemException(412, String.valueOf(cause.getMessage()))
                        : Failures.of(cause));
    }

    private static TableName table(RoutingContext context) {
        return new TableName(context.pathParam("scope"), context.pathParam("table"));
    }

    private KeyValueTable<TableKey, byte[]> opened(RoutingContext context) {
        TableName name = table(context);
        KeyValueTable<TableKey, byte[]> known = open.get(name);
        if (known == null) {
            known = client.table(name, TableKeySerializer.bytes(), Serializers.bytes());
            open.put(name, known);
            if (open.size() > MAX_OPEN) {
                open.remove(open.keySet().iterator().next());
            }
        }
        return known;
    }

    private Future<?> list(RoutingContext context) {
        return publisher
                .onContext(client.administration()
                        .tables(context.pathParam("scope"))
                        .take(MAX_TABLES)
                        .map(name -> new JsonObject().put("keyValueTableName", name.name()))
                        .toList())
                .onSuccess(names -> HttpAnswers.json(
                        context.request(), 200, new JsonObject().put("keyValueTables", new JsonArray(names))));
    }

    private Future<?> create(RoutingContext context) {
        String scope = context.pathParam("scope");
        return bodies.read(context, bytes -> {
                    Body body =
                            Body.parse(bytes.toString(StandardCharsets.UTF_8)).only(FIELDS);
                    TableName name = new TableName(scope, body.text("keyValueTableName"));
                    TableConfiguration settings = TableConfiguration.of(
                            (int) body.number("partitions", 1, MAX_PARTITIONS),
                            (int) body.number("primaryKeyBytes", 1, MAX_KEY_BYTES),
                            (int) body.number("secondaryKeyBytes", 0, MAX_KEY_BYTES - 1));
                    return publisher
                            .onContext(client.administration().createTable(name, settings))
                            .map(made -> {
                                if (!made) {
                                    throw new ProblemException(409, "there is a table " + name + " already");
                                }
                                return json(name, settings);
                            });
                })
                .onSuccess(made -> HttpAnswers.json(context.request(), 201, made));
    }

    private Future<?> describe(RoutingContext context) {
        TableName name = table(context);
        return publisher
                .onContext(client.administration().configuration(name))
                .onSuccess(settings -> HttpAnswers.json(context.request(), 200, json(name, settings)));
    }

    private static JsonObject json(TableName name, TableConfiguration settings) {
        return new JsonObject()
                .put("scopeName", name.scope())
                .put("keyValueTableName", name.name())
                .put("partitions", settings.partitions())
                .put("primaryKeyBytes", settings.primaryKeyBytes())
                .put("secondaryKeyBytes", settings.secondaryKeyBytes());
    }

    private Future<?> delete(RoutingContext context) {
        TableName name = table(context);
        open.remove(name);
        return publisher
                .onContext(client.administration().deleteTable(name))
                .map(deleted -> {
                    if (!deleted) {
                        throw new ProblemException(404, "there is no table " + name);
                    }
                    return deleted;
                })
                .onSuccess(deleted -> noContent(context));
    }

    private static void noContent(RoutingContext context) {
        context.response().setStatusCode(204).end();
    }

    private Future<?> entries(RoutingContext context) {
        TablePage page = TablePage.of(context);
        return publisher
                .onContext(page.read(opened(context)))
                .onSuccess(json -> HttpAnswers.json(context.request(), 200, json));
    }

    private Future<?> get(RoutingContext context) {
        TableKey key = key(context);
        return publisher
                .onContext(opened(context).get(key).switchIfEmpty(Single.error(() -> missing(context))))
                .onSuccess(entry -> {
                    HttpServerResponse response = context.response();
                    String tag = tag(entry.version());
                    response.putHeader("ETag", tag).putHeader("Cache-Control", "no-cache");
                    if (tag.equals(context.request().getHeader("If-None-Match"))) {
                        response.setStatusCode(304).end();
                    } else {
                        response.putHeader("Content-Type", "application/octet-stream")
                                .end(Buffer.buffer(entry.value()));
                    }
                });
    }

    private static ProblemException missing(RoutingContext context) {
        return new ProblemException(404, "there is no key " + context.pathParam("key") + " in " + table(context));
    }

    private Future<?> put(RoutingContext context) {
        TableKey key = key(context);
        TableVersion expected = expected(context);
        String ifNone = context.request().getHeader("If-None-Match");
        if (ifNone != null && !ifNone.equals("*")) {
            throw ProblemException.badRequest("If-None-Match of a PUT can only be *");
        }
        if (ifNone != null && expected != null) {
            throw ProblemException.badRequest("If-Match and If-None-Match exclude each other");
        }
        KeyValueTable<TableKey, byte[]> table = opened(context);
        return bodies.read(context, body -> {
                    byte[] value = body.getBytes();
                    Single<TableVersion> put = ifNone != null
                            ? table.putIfAbsent(key, value)
                            : expected != null ? table.putIfVersion(key, value, expected) : table.put(key, value);
                    return publisher.onContext(put);
                })
                .onSuccess(version -> {
                    context.response().putHeader("ETag", tag(version));
                    noContent(context);
                });
    }

    private Future<?> remove(RoutingContext context) {
        TableKey key = key(context);
        TableVersion expected = expected(context);
        KeyValueTable<TableKey, byte[]> table = opened(context);
        return publisher
                .onContext((expected == null ? table.remove(key) : table.removeIfVersion(key, expected))
                        .toSingleDefault(true))
                .onSuccess(removed -> noContent(context));
    }

    private static TableKey key(RoutingContext context) {
        String secondary = context.queryParams().get("secondary");
        return TableKey.of(context.pathParam("key"), secondary == null ? "" : secondary);
    }

    static String tag(TableVersion version) {
        return '"' + version.toString() + '"';
    }

    /** The version in {@code If-Match}; null if there is none. */
    private static @Nullable TableVersion expected(RoutingContext context) {
        String header = context.request().getHeader("If-Match");
        if (header == null) {
            return null;
        }
        try {
            if (header.length() > 2 && header.startsWith("\"") && header.endsWith("\"")) {
                return TableVersion.parse(header.substring(1, header.length() - 1));
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw ProblemException.badRequest("If-Match must be an ETag of this server, not " + header);
    }
}
