from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_seals")]

    operations = [
        migrations.AddIndex(
            model_name="accesslog",
            index=models.Index(fields=["organization_id", "id"], name="audit_access_organization"),
        ),
    ]
