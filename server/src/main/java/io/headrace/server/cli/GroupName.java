/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.cli;

/** Names a reader group: the scope that it is in, and its name there. */
record GroupName(String scope, String name) {

    /**
     * Reads {@code scope/group}.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    static GroupName of(String scopedName) {
        int slash = scopedName.indexOf('/');
        if (slash <= 0 || slash == scopedName.length() - 1) {
            throw new IllegalArgumentException("\"" + scopedName + "\" is not of the form scope/group");
        }
        return new GroupName(scopedName.substring(0, slash), scopedName.substring(slash + 1));
    }

    @Override
    public String toString() {
        return scope + '/' + name;
    }
}
