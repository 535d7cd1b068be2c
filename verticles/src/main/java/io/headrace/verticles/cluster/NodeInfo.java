/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.cluster;

import io.headrace.verticles.net.Endpoint;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a node says of itself while it lives.
 *
 * @param id the same each time that it starts; letters, digits, {@code .}, {@code _} and {@code -}
 * @param store where clients find its store
 * @param controller where clients find its controller
 * @param http where its HTTP port is
 * @param bus where other nodes reach its event bus; port 0 if that is not known
 * @param roles what it does
 * @param weight how much it takes compared to others, at least 1; 0 while it is drained: then it gives away all it has
 */
public record NodeInfo(
        String id, Endpoint store, Endpoint controller, Endpoint http, Endpoint bus, Set<Role> roles, int weight) {
    private static final int FORMAT = 1;

    public NodeInfo {
        if (!id.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "a node is named by 1 to 64 letters, digits, dots, _ and -, not by \"" + id + "\"");
        }
        if (weight < 0) {
            throw new IllegalArgumentException("the weight of a node is " + weight + ", must be 0 or more");
        }
        roles = Set.copyOf(roles);
    }

    /** The same node with another weight. */
    public NodeInfo weighing(int newWeight) {
        return new NodeInfo(id, store, controller, http, bus, roles, newWeight);
    }

    /** As JSON; fields that a later version adds are ignored by earlier ones. */
    public JsonObject toJson() {
        JsonArray names = new JsonArray();
        // In the order of the enumeration: a set has none.
        sorted(roles).forEach(role -> names.add(role.text()));
        return new JsonObject()
                .put("format", FORMAT)
                .put("id", id)
                .put("store", store.toString())
                .put("controller", controller.toString())
                .put("http", http.toString())
                .put("bus", bus.toString())
                .put("roles", names)
                .put("weight", weight);
    }

    private static Set<Role> sorted(Collection<Role> roles) {
        Set<Role> sorted = EnumSet.noneOf(Role.class);
        sorted.addAll(roles);
        return sorted;
    }

    /**
     * Reads what {@link #toJson} made.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static NodeInfo fromJson(JsonObject json) {
        try {
            Set<Role> roles = EnumSet.noneOf(Role.class);
            for (Role role : Role.values()) {
                if (json.getJsonArray("roles").contains(role.text())) {
                    roles.add(role);
                }
            }
            return new NodeInfo(
                    json.getString("id"),
                    Endpoint.parse(json.getString("store")),
                    Endpoint.parse(json.getString("controller")),
                    Endpoint.parse(json.getString("http")),
                    Endpoint.parse(json.getString("bus")),
                    roles,
                    json.getInteger("weight"));
        } catch (ClassCastException | NullPointerException e) {
            throw new IllegalArgumentException("that is no node of a cluster: " + json.encode(), e);
        }
    }
}
