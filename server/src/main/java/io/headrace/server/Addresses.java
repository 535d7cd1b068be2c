/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server;

import io.vertx.core.json.JsonObject;

/** Where clients find a running server; each is {@code host:port}. */
record Addresses(String controller, String store, String http) {

    /** {@code host:port}, with brackets around an IPv6 address. */
    static String of(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    String toJson() {
        return new JsonObject()
                .put("controller", controller)
                .put("store", store)
                .put("http", http)
                .encode();
    }
}
