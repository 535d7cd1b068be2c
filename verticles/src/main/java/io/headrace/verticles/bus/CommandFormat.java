/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.verticles.bus;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.headrace.engine.segments.SegmentCommand;
import io.headrace.engine.streams.StreamName;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands and replies as bytes, for the way to another node: CBOR (RFC 8949) of the records' components by name, with the
 * type's name where there is a choice. A node of a later version may send components that are not known here, which are
 * ignored, and leave none out.
 *
 * @param <T> a sealed interface
 */
final class CommandFormat<T> {
    private static final JsonTypeInfo.Value TYPE =
            JsonTypeInfo.Value.construct(JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "@", null, false, null);

    private static final ObjectMapper MAPPER = CBORMapper.builder()
            .annotationIntrospector(new SealedTypes())
            .visibility(PropertyAccessor.ALL, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule("headrace")
                    .addSerializer(ByteBuf.class, new BytesOut())
                    .addDeserializer(ByteBuf.class, new BytesIn())
                    .addKeyDeserializer(StreamName.class, new StreamNameIn()))
            .build();

    private final ObjectWriter writer;
    private final ObjectReader reader;

    CommandFormat(Class<T> type) {
        writer = MAPPER.writerFor(type);
        reader = MAPPER.readerFor(type);
    }

    /** @throws IllegalArgumentException if there is no way to write it, which would be a fault of the program */
    byte[] write(T value) {
        try {
            return writer.writeValueAsBytes(value);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot write a " + value.getClass() + ": " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if that is none */
    T read(byte[] bytes, int offset, int length) {
        try {
            T value = reader.readValue(bytes, offset, length);
            if (value == null) {
                throw new IllegalArgumentException("that is nothing");
            }
            return value;
        } catch (IOException e) {
            throw new IllegalArgumentException("that cannot be read: " + e.getMessage(), e);
        }
    }

    /** Where a sealed interface is declared, what is written says which of the permitted types it is. */
    private static final class SealedTypes extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public TypeResolverBuilder<?> findTypeResolver(
                MapperConfig<?> config, AnnotatedClass annotated, JavaType baseType) {
            Class<?> type = annotated.getRawType();
            if (type.isInterface() && type.isSealed()) {
                return new StdTypeResolverBuilder(TYPE).init(TYPE, null);
            }
            return super.findTypeResolver(config, annotated, baseType);
        }

        @Override
        public List<NamedType> findSubtypes(Annotated annotated) {
            List<NamedType> types = new ArrayList<>();
            collect(annotated.getRawType(), types);
            return types;
        }

        private static void collect(Class<?> type, List<NamedType> types) {
            if (type == SegmentCommand.Own.class) {
                return; // no other node has any business with these
            }
            if (type.isSealed()) {
                for (Class<?> permitted : type.getPermittedSubclasses()) {
                    collect(permitted, types);
                }
            } else {
                types.add(new NamedType(type));
            }
        }
    }

    private static final class BytesOut extends StdScalarSerializer<ByteBuf> {
        private static final long serialVersionUID = 1L;

        BytesOut() {
            super(ByteBuf.class);
        }

        @Override
        public void serialize(ByteBuf value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeBinary(ByteBufUtil.getBytes(value));
        }
    }

    private static final class BytesIn extends StdScalarDeserializer<ByteBuf> {
        private static final long serialVersionUID = 1L;

        BytesIn() {
            super(ByteBuf.class);
        }

        @Override
        public ByteBuf deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return Unpooled.wrappedBuffer(in.getBinaryValue());
        }
    }

    /** A key is written by its {@code toString()}. */
    private static final class StreamNameIn extends KeyDeserializer {
        @Override
        public Object deserializeKey(String key, DeserializationContext context) {
            int slash = key.indexOf('/');
            if (slash < 0) {
                throw new IllegalArgumentException("\"" + key + "\" is no name of a stream");
            }
            return new StreamName(key.substring(0, slash), key.substring(slash + 1));
        }
    }
}
