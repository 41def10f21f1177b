package dev.vpccni.testing.mutants;

import java.lang.classfile.Attribute;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.attribute.RecordAttribute;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.util.List;

/**
 * Takes the annotations of types off the components of records.
 *
 * <p>PIT puts one mutant of a class after the other into a running JVM, and HotSpot takes a record
 * with such annotations once: at the second mutant it finds the {@code Record} attribute changed,
 * and the process ends with {@code RUN_ERROR}, which PIT counts as killed.
 *
 * @see <a href="https://github.com/hcoles/pitest/issues/1285">pitest, issue 1285</a>
 */
final class PlainRecords implements ClassTransform {

    @Override
    public void accept(ClassBuilder builder, ClassElement element) {
        builder.with(element instanceof RecordAttribute record ? plain(record) : element);
    }

    private static RecordAttribute plain(RecordAttribute attribute) {
        return RecordAttribute.of(
                attribute.components().stream().map(PlainRecords::plain).toList());
    }

    private static RecordComponentInfo plain(RecordComponentInfo component) {
        List<Attribute<?>> rest =
                component.attributes().stream()
                        .filter(a -> !(a instanceof RuntimeVisibleTypeAnnotationsAttribute))
                        .toList();
        return RecordComponentInfo.of(component.name(), component.descriptor(), rest);
    }
}
