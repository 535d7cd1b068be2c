/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Scopes: creation, deletion, recursive deletion. */
class ScopeTest {
    @Case({"ADM-01", "ADM-02"})
    void aScopeIsCreatedOnce(Client client) {
        assertThat(client.streams().createScope(client.scope())).isTrue();
        assertThat(client.streams().createScope(client.scope())).isFalse();
    }

    @Case("ADM-03")
    void illegalScopeNamesAreRefused(Client client) {
        assertThatThrownBy(() -> client.streams().createScope("a_b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.streams().createScope("")).isInstanceOf(IllegalArgumentException.class);
    }
}
