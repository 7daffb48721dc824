"""A case leaves the desk when its member is abroad: one move more in the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journeys", "0014_transfer_questions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="transition",
            name="verb",
            field=models.CharField(
                choices=[
                    ("mark", "标记流出"),
                    ("depart", "登记出发"),
                    ("check_in", "报到"),
                    ("find", "登记发现"),
                    ("confirm", "确认到达"),
                    ("deny", "不是此人"),
                    ("forward", "转派"),
                    ("redirect", "改派"),
                    ("send_back", "退回核实"),
                    ("escalate", "提请上级裁定"),
                    ("decide", "上级裁定"),
                    ("accept", "接收"),
                    ("send_letter", "发联系函"),
                    ("register_outside", "登记外地接收"),
                    ("name_caretaker", "指定微管家"),
                    ("contact", "登记联系"),
                    ("relocate", "换地方"),
                    ("start_return", "返乡"),
                    ("hold_return_talk", "登记返回谈话"),
                    ("write_closing", "写结束管理意见"),
                    ("check_credential", "查验活动证"),
                    ("flag_lost", "标为失联关注"),
                    ("log_search", "登记查找"),
                    ("record_decision", "登记支部决定"),
                    ("end", "结束流动"),
                    ("cancel", "撤销标记"),
                    ("hand_over", "交接微管家"),
                    ("reorganize", "组织调整"),
                    ("recall", "出境撤回"),
                ],
                max_length=16,
            ),
        ),
    ]
