/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Events as JSON in UTF-8, by Jackson, which has to be on the class path of the program. An event that is none is an {@link
 * IllegalArgumentException} where it is written, and ends the reading where it is read.
 */
public final class JsonSerializer<T> implements Serializer<T> {
    private final ObjectWriter writer;
    private final ObjectReader reader;

    private JsonSerializer(ObjectWriter writer, ObjectReader reader) {
        this.writer = writer;
        this.reader = reader;
    }

    /** Events of one type, as Jackson sees it by default. */
    public static <T> JsonSerializer<T> of(Class<T> type) {
        return of(type, new ObjectMapper());
    }

    /** Events of one type, as {@code mapper} sees it. */
    public static <T> JsonSerializer<T> of(Class<T> type, ObjectMapper mapper) {
        return new JsonSerializer<>(mapper.writerFor(type), mapper.readerFor(type));
    }

    @Override
    public byte[] serialize(T event) {
        try {
            return writer.writeValueAsBytes(event);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not to be written as JSON: " + e.getMessage(), e);
        }
    }

    @Override
    public T deserialize(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        try {
            return reader.readValue(copy);
        } catch (IOException e) {
            throw new IllegalArgumentException("not to be read as JSON: " + e.getMessage(), e);
        }
    }
}
