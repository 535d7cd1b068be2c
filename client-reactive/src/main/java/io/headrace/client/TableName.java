/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import io.headrace.codecs.name.Names;

/**
 * Names a key-value table.
 *
 * @param scope the name space that it is in
 * @param name unique among the tables of the scope; letters, digits, dots and hyphens, at most {@value
 *     Names#MAX_USER_NAME} characters
 */
public record TableName(String scope, String name) {

    /** @throws IllegalArgumentException if no scope or table can have such a name */
    public TableName {
        if (!Names.isScopeName(scope)) {
            throw new IllegalArgumentException("\"" + scope + "\" cannot be the name of a scope");
        }
        if (!Names.isUserName(name)) {
            throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a table");
        }
    }

    /**
     * Reads {@code scope/table}.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    public static TableName of(String scopedName) {
        int slash = scopedName.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("\"" + scopedName + "\" is not of the form scope/table");
        }
        return new TableName(scopedName.substring(0, slash), scopedName.substring(slash + 1));
    }

    /** {@code scope/table}. */
    @Override
    public String toString() {
        return scope + '/' + name;
    }
}
