/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.debug;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SecretsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            s3://me:hunter2@bucket/prefix?region=eu-west-1   | s3://***@bucket/prefix?region=eu-west-1
            s3://bucket/p?secretKey=hunter2&region=eu-west-1 | s3://bucket/p?secretKey=***&region=eu-west-1
            -Djavax.net.ssl.keyStorePassword=hunter2         | -Djavax.net.ssl.keyStorePassword=***
            {"password" : "hunter 2", "port" : 1}            | {"password" : ***, "port" : 1}
            Authorization: Bearer hunter2                    | Authorization: ***
            cannot use the token = 'hunter2': it is old      | cannot use the token = ***: it is old
            file:///mnt/archive                              | file:///mnt/archive
            -Xmx512m                                         | -Xmx512m
            """)
    void whatLooksLikeASecretIsReplaced(String text, String shown) {
        assertThat(Secrets.masked(text)).isEqualTo(shown);
    }

    @Test
    void namesTell() {
        assertThat(Secrets.masked("tls-key", "/etc/key.pem")).isEqualTo("***");
        assertThat(Secrets.masked("HEADRACE_TOKEN", "hunter2")).isEqualTo("***");
        assertThat(Secrets.masked("tls-key", "")).isEmpty();
        assertThat(Secrets.masked("http-port", "10080")).isEqualTo("10080");
    }
}
